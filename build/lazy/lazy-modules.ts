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
import { crossings, makeGroup, nest, share } from './groups.ts'
import { inLiteral, render } from './render.ts'
import { readTopLevel } from './top-level.ts'

type Statement = import('./top-level.ts').Statement
type Use = import('./top-level.ts').Use
type Group = import('./groups.ts').Group

/** @param lazy paths of modules, by the name of their group */
export function lazyModules(lazy: { [name: string]: string[] }): Plugin {
  return {
    name: 'lazy-modules',
    renderChunk(code, chunk) {
      try {
        return { code: makeLazy(code, chunk.modules, lazy), map: null }
      } catch (error) {
        return this.error((error as Error).message)
      }
    },
  }
}

function makeLazy(
  code: string,
  modules: { [id: string]: { code: string | null } },
  lazy: { [name: string]: string[] },
) {
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
  for (const { from, use } of crossings(statements, home)) check(from, use, home, moduleOf)
  checkCircles(groups, statements, home)
  return render({ code, file, statements, groups, home })
}

/** The module that each statement came from, by its path. */
function modulesOf(
  code: string,
  modules: { [id: string]: { code: string | null } },
  statements: Statement[],
) {
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
  from: Statement,
  use: Use,
  home: Map<Statement, Group>,
  moduleOf: Map<Statement, string>,
) {
  const { to, name } = use
  const group = home.get(to) as Group
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
      .filter(({ from, use }) => {
        if (home.get(from) !== group) return false
        return home.get(use.to)?.shared || (use.eager && !inLiteral(use))
      })
      .map(({ use }) => home.get(use.to) as Group)
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
