// Writes the bundle with its groups as functions. Tabs: k6 0.47 warns of a file over 256,000 bytes.
import ts from 'typescript'
import { crossing, type Group } from './groups.ts'
import { type Statement, type Use, visit } from './top-level.ts'

interface Grouped {
  code: string
  file: ts.SourceFile
  statements: Statement[]
  groups: Group[]
  home: Map<Statement, Group>
}

export function render({ code, file, statements, groups, home }: Grouped): string {
  const fixed = multilineTexts(file)

  /** A statement with its uses of groups rewritten, so many tabs deep. */
  function textOf(statement: Statement, depth: number) {
    const edits: Edit[] = []
    for (const use of statement.uses) {
      const group = crossing(use, home)
      if (group && !group.shared && statement.kind !== 'export') edits.push(edit(use, group))
    }
    for (const line of code.slice(statement.start, statement.end).matchAll(/\n((?: {4})*)(?=.)/g)) {
      const start = statement.start + line.index + 1
      const spaces = (line[1] ?? '').length
      if (fixed.some((text) => text.start < start && start < text.end)) continue
      edits.push({ start, end: start + spaces, text: '\t'.repeat(depth + spaces / 4) })
    }
    edits.sort((a, b) => a.start - b.start || a.end - b.end)
    let text = ''
    let at = statement.start
    for (const { start, end, text: added } of edits) {
      text += code.slice(at, start) + added
      at = end
    }
    return text + code.slice(at, statement.end)
  }

  /**
   * The making is a function of its own: a call makes all functions that are declared in what it
   * calls, 1 us each in k6's engine, before its first line runs.
   */
  function factory(group: Group, depth: number): string {
    const outer = `\n${'\t'.repeat(depth)}`
    const inner = `${outer}\t\t`
    const shared = groups.find((g) => g.shared)
    const borrowed = [...group.borrowed].join(', ')
    const title = group.shared
      ? 'What several of the above use, and nothing else.'
      : `${group.files.join(', ')} and what only they use, made at first use.`
    return [
      `${outer}// ${title}`,
      `${outer}var ${group.made};`,
      `${outer}function ${group.use}() {`,
      `${outer}\treturn ${group.made} || (${group.made} = (() => {`,
      shared && borrowed ? `${inner}const { ${borrowed} } = ${shared.use}();` : '',
      ...group.statements.map((statement) => inner + textOf(statement, depth + 2).trim()),
      ...groups.filter((g) => g.parent === group).map((g) => factory(g, depth + 2)),
      `${inner}return { ${[...group.exposed].join(', ')} };`,
      `${outer}\t})());`,
      `${outer}}`,
    ].join('')
  }

  const staying = statements.filter((statement) => !home.has(statement))
  const body = staying.filter(({ kind }) => kind !== 'export').map((s) => textOf(s, 0))
  const outer = groups.filter((group) => !group.parent).map((group) => factory(group, 0))
  const exported = staying.filter(({ kind }) => kind === 'export')
  const doors = new Set(
    exported.flatMap(({ uses }) =>
      uses.flatMap((use) => {
        const group = crossing(use, home)
        return group
          ? [`\nfunction ${use.name}(...args) { return ${group.use}().${use.name}(...args); }`]
          : []
      }),
    ),
  )
  const end = exported.map((s) => textOf(s, 0)).join('')
  return `${body.join('')}\n${outer.join('\n')}\n${[...doors].join('')}${end}\n`
}

interface Edit {
  start: number
  end: number
  text: string
}

function edit(use: Use, group: Group): Edit {
  const { node, name } = use
  const { parent } = node
  const value = `${group.use}().${name}`
  const start = node.getStart()
  const property = inLiteral(use)
  if (property) {
    const key = property.name.getText()
    const text = `get ${key}() { return ${value}; }`
    return { start: property.getStart(), end: property.getEnd(), text }
  }
  if (ts.isShorthandPropertyAssignment(parent)) {
    return { start, end: node.getEnd(), text: `${name}: ${value}` }
  }
  const isMade = ts.isNewExpression(parent) && parent.expression === node
  return { start, end: node.getEnd(), text: isMade ? `(${value})` : value }
}

/** Texts over several lines, which must not be indented. */
function multilineTexts(file: ts.SourceFile) {
  const found: { start: number; end: number }[] = []
  visit(file, (node) => {
    if (!ts.isTemplateExpression(node) && !ts.isStringLiteralLike(node)) return
    const start = node.getStart()
    if (node.getText().includes('\n')) found.push({ start, end: node.getEnd() })
  })
  return found
}

/** The property of an object literal whose whole value a use is. */
export function inLiteral({ node, eager }: Use) {
  const property = node.parent
  if (!eager) return undefined
  if (ts.isShorthandPropertyAssignment(property)) return property
  return ts.isPropertyAssignment(property) && property.initializer === node ? property : undefined
}
