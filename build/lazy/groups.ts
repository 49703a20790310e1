// Which statements are made together, by who reaches them.
import type { Statement, Use } from './top-level.ts'

/** Modules that are made together. */
export interface Group {
  name: string
  files: string[]
  /** name of its function */
  use: string
  /** name of the variable that keeps what it made */
  made: string
  /** the group that holds it */
  parent: Group | undefined
  statements: Statement[]
  /** names that are used from outside */
  exposed: Set<string>
  /** names that it takes from the shared group when it is made */
  borrowed: Set<string>
  /** it holds what several groups use */
  shared: boolean
}

export function makeGroup(name: string, files: string[], taken: Set<string>): Group {
  const free = (wanted: string) => {
    let unique = wanted
    for (let i = 1; taken.has(unique); i++) unique = `${wanted}$${i}`
    taken.add(unique)
    return unique
  }
  const word = name.replace(/\W+(\w)/g, (_, letter) => letter.toUpperCase())
  const use = free(`use${word[0]?.toUpperCase()}${word.slice(1)}`)
  const made = free(`made${word[0]?.toUpperCase()}${word.slice(1)}`)
  return {
    name,
    files,
    use,
    made,
    parent: undefined,
    statements: [],
    exposed: new Set(),
    borrowed: new Set(),
    shared: false,
  }
}

/** Puts into each group what is reached through it alone: declarations, and other groups. */
export function nest(groups: Group[], statements: Statement[], home: Map<Statement, Group>) {
  const roots = statements.filter((statement) => !home.has(statement) && !statement.pure)
  const all = reach(roots, home, () => false)
  const without = new Map<Group, Set<Statement>>(
    groups.map((group) => [group, reach(roots, home, (g) => g === group)]),
  )
  /** The groups that every way to a statement goes through, the innermost last. */
  const through = (to: Statement) =>
    groups
      .filter((group) => all.has(to) && !without.get(group)?.has(to) && home.get(to) !== group)
      .sort((a, b) => depth(a) - depth(b))
  const depth = (group: Group): number => {
    const first = statements.find((statement) => home.get(statement) === group)
    return groups.filter((g) => g !== group && first && !without.get(g)?.has(first)).length
  }
  for (const group of groups) {
    const first = statements.find((statement) => home.get(statement) === group)
    group.parent = first && through(first).pop()
  }
  const moved = statements.filter((statement) => !home.has(statement) && statement.pure)
  const target = moved.map((statement) => through(statement).pop())
  moved.forEach((statement, i) => {
    const group = target[i]
    if (group) home.set(statement, group)
  })
}

/** Puts what only groups use, but several of them, into one further group. */
export function share(shared: Group, statements: Statement[], home: Map<Statement, Group>) {
  const roots = statements.filter((statement) => !home.has(statement) && !statement.pure)
  const used = reach(roots, home, () => false)
  const open = reach(roots, home, () => true)
  const changing = new Set(
    statements.flatMap(({ uses }) => uses.filter((use) => use.assigned).map((use) => use.to)),
  )
  const found = statements.filter(
    (s) =>
      s.pure && used.has(s) && !open.has(s) && !home.has(s) && s.kind !== 'let' && !changing.has(s),
  )
  for (const statement of found) home.set(statement, shared)
  shared.shared = true
  return found.length > 0
}

/**
 * All that is reached from `roots` without entering a group that is closed. A group is entered
 * as a whole.
 */
function reach(roots: Statement[], home: Map<Statement, Group>, closed: (group: Group) => boolean) {
  const seen = new Set<Statement>()
  const open = roots.slice()
  for (let next = open.pop(); next; next = open.pop()) {
    const group = home.get(next)
    if (seen.has(next) || (group && closed(group))) continue
    seen.add(next)
    for (const use of next.uses) open.push(use.to)
    if (group) for (const [statement, own] of home) if (own === group) open.push(statement)
  }
  return seen
}

export interface Crossing {
  from: Statement
  use: Use
  /** that makes what is used */
  group: Group
}

/** Uses of what a group makes, from where it is not in scope. */
export function crossings(statements: Statement[], home: Map<Statement, Group>): Crossing[] {
  return statements.flatMap((from) =>
    from.uses.flatMap((use) => {
      const group = crossing(use, home)
      return group === undefined ? [] : [{ from, use, group }]
    }),
  )
}

/** The group that a use has to ask, `undefined` where the name is in scope. */
export function crossing(use: Use, home: Map<Statement, Group>): Group | undefined {
  const group = home.get(use.to)
  for (let at = home.get(use.from); group && at; at = at.parent) if (at === group) return undefined
  return group
}
