// Reads the top level of one bundled file: its statements, the names they declare, and every
// place that uses such a name. TypeScript's checker resolves the names, shadowed ones included.
import ts from 'typescript'
import { isAssigned, isPure, STEADY_GLOBALS } from './pure.ts'

/** A place that uses a name of the top level. */
export interface Use {
  name: string
  from: Statement
  /** the statement that declares it */
  to: Statement
  node: ts.Identifier
  /** evaluated when its statement is, not in a function that runs later */
  eager: boolean
  /** its value, or a member of it, is assigned */
  assigned: boolean
}

export interface Statement {
  node: ts.Statement
  /** after the statement before */
  start: number
  end: number
  names: string[]
  kind: 'function' | 'class' | 'const' | 'let' | 'import' | 'export' | 'other'
  /** only declares: when it runs makes no difference */
  pure: boolean
  /** a function that reads `this` */
  usesThis: boolean
  uses: Use[]
}

interface TopLevel {
  file: ts.SourceFile
  statements: Statement[]
  /** every name in it */
  identifiers: Set<string>
}

export function readTopLevel(code: string): TopLevel {
  const { file, checker } = check(code)
  const declared = new Map<ts.Node, Statement>()
  const statements: Statement[] = file.statements.map((node) => {
    const statement: Statement = {
      node,
      start: node.getFullStart(),
      end: node.getEnd(),
      names: [],
      kind: kindOf(node),
      pure: false,
      usesThis: ts.isFunctionDeclaration(node) && readsThis(node),
      uses: [],
    }
    for (const declaration of declarationsOf(node)) {
      declared.set(declaration, statement)
      const { name } = declaration
      if (name !== undefined && ts.isIdentifier(name)) statement.names.push(name.text)
    }
    return statement
  })

  const identifiers = new Set<string>()
  for (const from of statements) {
    visit(from.node, (node) => {
      if (!ts.isIdentifier(node)) return
      identifiers.add(node.text)
      const to = declarationOf(node, checker, declared)
      if (to === undefined) return
      const eager = !runsLater(node, from.node)
      from.uses.push({ name: node.text, from, to, node, eager, assigned: isAssigned(node) })
    })
  }
  // Only after all uses are known: what is assigned somewhere is not the same later.
  const steady = new Set<string>(STEADY_GLOBALS)
  for (const { kind, names } of statements) {
    if (kind !== 'let' && kind !== 'import') for (const name of names) steady.add(name)
  }
  for (const { uses } of statements) {
    for (const use of uses) if (use.assigned) steady.delete(use.name)
  }
  for (const statement of statements) statement.pure = isPure(statement, steady)
  return { file, statements, identifiers }
}

function check(code: string) {
  const name = '/bundle.js'
  const options = { allowJs: true, noLib: true, noResolve: true, target: ts.ScriptTarget.ES2017 }
  const file = ts.createSourceFile(name, code, options.target, true, ts.ScriptKind.JS)
  const host: ts.CompilerHost = {
    getSourceFile: (asked) => (asked === name ? file : undefined),
    getDefaultLibFileName: () => 'none',
    writeFile: () => undefined,
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (asked) => asked,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (asked) => asked === name,
    readFile: () => undefined,
  }
  const program = ts.createProgram([name], options, host)
  const [broken] = program.getSyntacticDiagnostics(file)
  if (broken) throw new Error(ts.flattenDiagnosticMessageText(broken.messageText, ' '))
  return { file, checker: program.getTypeChecker() }
}

function kindOf(node: ts.Statement): Statement['kind'] {
  if (ts.isFunctionDeclaration(node)) return 'function'
  if (ts.isClassDeclaration(node)) return 'class'
  if (ts.isImportDeclaration(node)) return 'import'
  if (ts.isExportDeclaration(node) || ts.isExportAssignment(node)) return 'export'
  if (!ts.isVariableStatement(node)) return 'other'
  return node.declarationList.flags & ts.NodeFlags.Const ? 'const' : 'let'
}

function declarationsOf(node: ts.Statement): ts.NamedDeclaration[] {
  if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) return [node]
  if (!ts.isVariableStatement(node)) return []
  // A pattern's names are left out, and the statement is not pure: it stays where it is.
  return node.declarationList.declarations.filter((one) => ts.isIdentifier(one.name))
}

function declarationOf(
  node: ts.Identifier,
  checker: ts.TypeChecker,
  declared: Map<ts.Node, Statement>,
) {
  const parent = node.parent
  const isName =
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    (ts.isBindingElement(parent) && parent.propertyName === node) ||
    (ts.isExportSpecifier(parent) && parent.propertyName !== undefined && parent.name === node) ||
    ('name' in parent && parent.name === node && declared.has(parent))
  if (isName) return undefined
  const symbol = ts.isShorthandPropertyAssignment(parent)
    ? checker.getShorthandAssignmentValueSymbol(parent)
    : ts.isExportSpecifier(parent)
      ? checker.getExportSpecifierLocalTargetSymbol(parent)
      : checker.getSymbolAtLocation(node)
  const [declaration] = symbol?.declarations ?? []
  return declaration && declared.get(declaration)
}

/** Whether a node is in a function that is not called where it stands. */
function runsLater(node: ts.Node, top: ts.Node) {
  for (let at = node; at !== top; at = at.parent) {
    const parent = at.parent
    if (!ts.isFunctionLike(parent) || ('name' in parent && parent.name === at)) continue
    if (!isCalledAtOnce(parent)) return true
  }
  return false
}

function isCalledAtOnce(node: ts.Node) {
  let at = node
  while (ts.isParenthesizedExpression(at.parent)) at = at.parent
  return ts.isCallExpression(at.parent) && at.parent.expression === at
}

export function visit(node: ts.Node, each: (node: ts.Node) => void) {
  each(node)
  ts.forEachChild(node, (child) => visit(child, each))
}

function readsThis(node: ts.FunctionDeclaration) {
  let found = false
  const look = (at: ts.Node) => {
    if (at.kind === ts.SyntaxKind.ThisKeyword) found = true
    const ownThis =
      ts.isFunctionDeclaration(at) ||
      ts.isFunctionExpression(at) ||
      ts.isClassLike(at) ||
      ts.isObjectLiteralElement(at)
    // A property of a literal may hold an arrow function, whose `this` is the outer one.
    if (!ownThis || ts.isPropertyAssignment(at)) ts.forEachChild(at, look)
  }
  ts.forEachChild(node, look)
  return found
}
