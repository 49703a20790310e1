// A rollup plugin: modules that a script may never use are made at first use.
//
// k6 runs the init code of a script in every VU, and there each function that the file makes
// costs about 1 KB (k6 0.57 to 2.2), used or not; functions inside a function that is not called
// cost nothing. So the named modules are put into one function each, in the same file, together
// with all that only they use:
//
//   var report
//   function useReport() {
//     if (report) return report
//     …the modules…
//     return (report = { toReport, renderText })
//   }
//
// and what uses them says `useReport().toReport(data)`. The sources are plain imports.

import { relative } from 'node:path'
import type { Plugin } from 'rollup'
import { type Crossing, crossings, type Group, makeGroup, nest, share } from './groups.ts'
import { inLiteral, render } from './render.ts'
import { readTopLevel, type Statement } from './top-level.ts'

/** Paths of modules, by the name of their group. */
type Lazy = Record<string, string[]>

/** What the bundle has of each module, in its order. */
type Modules = Record<string, { code: string | null }>

export function lazyModules(lazy: Lazy): Plugin {
  return {
    name: 'lazy-modules',
    renderChunk(code, chunk) {
      try {
        return { code: makeLazy(code, chunk.modules, lazy), map: null }
      } catch (error) {
        return this.error(error instanceof Error ? error.message : String(error))
      }
    },
  }
}

function makeLazy(code: string, modules: Modules, lazy: Lazy) {
  const { file, statements, identifiers } = readTopLevel(code)
  const moduleOf = modulesOf(code, modules, statements)
  const groups = Object.entries(lazy).map(([name, files]) => makeGroup(name, files, identifiers))

  const home = new Map<Statement, Group>()
  for (const group of groups) {
    for (const path of group.files) {
      const own = statements.filter((statement) => moduleOf.get(statement) === path)
      if (own.length === 0) throw new Error(`${path}: no such module, or nothing of it is used`)
      for (const statement of own) {
        if (!statement.pure) {
          throw new Error(`${path} does something when it loads: ${lineOf(statement)}`)
        }
        home.set(statement, group)
      }
    }
  }
  nest(groups, statements, home)
  const shared = makeGroup('shared', [], identifiers)
  if (share(shared, statements, home)) groups.push(shared)
  for (const statement of statements) home.get(statement)?.statements.push(statement)
  for (const one of crossings(statements, home)) check(one, home, moduleOf)
  checkCircles(groups, statements, home)
  return render({ code, file, statements, groups, home })
}

/** The module that each statement came from, by its path. */
function modulesOf(code: string, modules: Modules, statements: Statement[]) {
  const found = new Map<Statement, string>()
  let at = 0
  for (const id of Object.keys(modules)) {
    const own = (modules[id]?.code ?? '').trim()
    if (own === '') continue
    const start = code.indexOf(own, at)
    if (start === -1) throw new Error(`${id}: its code is not in the bundle as it was`)
    at = start + own.length
    const path = relative('.', id).replace(/\\/g, '/')
    for (const statement of statements) {
      if (statement.node.getStart() >= start && statement.end <= at) found.set(statement, path)
    }
  }
  return found
}

function check(
  { from, use, group }: Crossing,
  home: Map<Statement, Group>,
  moduleOf: Map<Statement, string>,
) {
  const { to, name } = use
  const lazy = `${name} of ${moduleOf.get(to)} (lazy group ${group.name})`
  if (to.kind === 'let' || to.uses.some((own) => own.to === to && own.assigned)) {
    throw new Error(`${lazy} changes, so it cannot be used from outside`)
  }
  if (use.assigned) throw new Error(`${lazy} is assigned in ${moduleOf.get(from)}`)
  if (to.usesThis) throw new Error(`${lazy} uses this, which would be another one`)
  if (from.kind === 'export') {
    if (to.kind !== 'function') {
      throw new Error(`${lazy} is exported, and only functions can be: it is a ${to.kind}`)
    }
  } else if (use.eager && !home.has(from) && !inLiteral(use)) {
    throw new Error(`${lazy} is needed when ${moduleOf.get(from)} loads: ${lineOf(from)}`)
  }
  group.exposed.add(name)
  if (group.shared) home.get(from)?.borrowed.add(name)
}

/** Groups that need each other to be made would call each other for ever. */
function checkCircles(groups: Group[], statements: Statement[], home: Map<Statement, Group>) {
  const needs = (group: Group): Group[] =>
    crossings(statements, home)
      .filter(
        ({ from, use, group: needed }) =>
          home.get(from) === group && (needed.shared || (use.eager && !inLiteral(use))),
      )
      .map(({ group: needed }) => needed)
  const follow = (group: Group, way: Group[]) => {
    const circle = way.concat(group)
    if (way.includes(group)) {
      throw new Error(`lazy groups need each other: ${circle.map((g) => g.name).join(' → ')}`)
    }
    for (const next of needs(group)) follow(next, circle)
  }
  for (const group of groups) follow(group, [])
}

function lineOf({ node }: Statement) {
  return node.getText().split('\n', 1)[0]
}
