// Which statements are made together, by who reaches them.
/** @typedef {import('./top-level.js').Statement} Statement */
/** @typedef {import('./top-level.js').Use} Use */

/**
 * Modules that are made together.
 *
 * @typedef {object} Group
 * @property {string} name
 * @property {string[]} files
 * @property {string} use name of its function
 * @property {string} made name of the variable that keeps what it made
 * @property {Group | undefined} parent the group that holds it
 * @property {Statement[]} statements
 * @property {Set<string>} exposed names that are used from outside
 * @property {Set<string>} borrowed names that it takes from the shared group when it is made
 * @property {boolean} shared it holds what several groups use
 */

/** @param {string} name @param {string[]} files @param {Set<string>} taken @returns {Group} */
export function makeGroup(name, files, taken) {
  /** @param {string} wanted */
  const free = (wanted) => {
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

/**
 * Puts into each group what is reached through it alone: declarations, and other groups.
 *
 * @param {Group[]} groups
 * @param {Statement[]} statements
 * @param {Map<Statement, Group>} home
 */
export function nest(groups, statements, home) {
  const roots = statements.filter((statement) => !home.has(statement) && !statement.pure)
  const all = reach(roots, home, () => false)
  /** @type {Map<Group, Set<Statement>>} */
  const without = new Map(groups.map((group) => [group, reach(roots, home, (g) => g === group)]))
  /** The groups that every way to a statement goes through, the innermost last. @param {Statement} to */
  const through = (to) =>
    groups
      .filter((group) => all.has(to) && !without.get(group)?.has(to) && home.get(to) !== group)
      .sort((a, b) => depth(a) - depth(b))
  /** @param {Group} group @returns {number} */
  const depth = (group) => {
    const [first] = statements.filter((statement) => home.get(statement) === group)
    return groups.filter((g) => g !== group && first && !without.get(g)?.has(first)).length
  }
  const own = groups.map((group) => statements.filter((s) => home.get(s) === group))
  groups.forEach((group, i) => {
    group.parent = through(/** @type {Statement} */ (own[i]?.[0])).pop()
  })
  const moved = statements.filter((statement) => !home.has(statement) && statement.pure)
  const target = moved.map((statement) => through(statement).pop())
  moved.forEach((statement, i) => {
    const group = target[i]
    if (group) home.set(statement, group)
  })
}

/**
 * Puts what only groups use, but several of them, into one further group.
 *
 * @param {Group} shared
 * @param {Statement[]} statements
 * @param {Map<Statement, Group>} home
 */
export function share(shared, statements, home) {
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
 *
 * @param {Statement[]} roots
 * @param {Map<Statement, Group>} home
 * @param {(group: Group) => boolean} closed
 */
function reach(roots, home, closed) {
  /** @type {Set<Statement>} */
  const seen = new Set()
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

/**
 * Uses of what a group makes, from where it is not in scope.
 *
 * @param {Statement[]} statements
 * @param {Map<Statement, Group>} home
 */
export function crossings(statements, home) {
  return statements.flatMap((from) =>
    from.uses.filter((use) => crossing(use, home)).map((use) => ({ from, use })),
  )
}

/** The group that a use has to ask, `undefined` where the name is in scope. @param {Use} use @param {Map<Statement, Group>} home */
export function crossing(use, home) {
  const group = home.get(use.to)
  for (let at = home.get(use.from); group && at; at = at.parent) if (at === group) return undefined
  return group
}
