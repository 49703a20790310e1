import { type AnyNode, parse } from 'acorn'

/** An address in a script's code. */
export interface AddressInCode {
  address: string
  /** It stands there in case none of these variables is set; empty where it is used anyway. */
  insteadOf: string[]
}

/**
 * The addresses that stand in a script's code, and for which variables each is the fallback:
 * `__ENV.BASE_URL || 'http://…'`, `env.url('BASE_URL', 'http://…')`.
 *
 * @param code JavaScript
 */
export function addressesIn(code: string): AddressInCode[] {
  const found: AddressInCode[] = []
  /** Constants that are an address, and where they are used. */
  const constants = new Map<string, string>()
  const used = new Set<string>()
  const names = (node: AnyNode) =>
    code
      .slice(node.start, node.end)
      .match(/\b[A-Z][A-Z0-9_]*\b/g)
      ?.filter(isVariable) ?? []

  function note(text: unknown, insteadOf: string[]) {
    const address = typeof text === 'string' ? addressOf(text) : undefined
    if (address !== undefined) found.push({ address, insteadOf })
  }

  /** What a node is made of, and the variables that each part stands in for. */
  function partsOf(node: AnyNode): [AnyNode, string[]][] {
    switch (node.type) {
      case 'VariableDeclarator':
        if (node.id.type === 'Identifier' && constants.has(node.id.name)) return []
        break
      case 'LogicalExpression':
        return [
          [node.left, []],
          [node.right, names(node.left)],
        ]
      case 'ConditionalExpression': {
        const plain = /^(Member|Call)Expression$|^Identifier$/.test(node.test.type)
        return [
          [node.consequent, []],
          [node.alternate, plain ? names(node.test) : []],
        ]
      }
      case 'CallExpression': {
        const [first] = node.arguments
        const asked = first?.type === 'Literal' && isVariable(first.value) ? names(first) : []
        return [[node.callee, []], ...node.arguments.map(pair(asked))]
      }
      case 'AssignmentPattern':
        return [[node.right, names(node.left)]]
    }
    return childrenOf(node).map(pair([]))
  }

  function visit(node: AnyNode, insteadOf: string[]): void {
    if (node.type === 'Literal') note(node.value, insteadOf)
    else if (node.type === 'TemplateElement') note(node.value.cooked, insteadOf)
    else if (node.type === 'Identifier' && constants.has(node.name)) {
      used.add(node.name)
      note(constants.get(node.name), insteadOf)
    }
    for (const [part, more] of partsOf(node)) visit(part, [...insteadOf, ...more])
  }

  const program = read(code)
  if (program === undefined) {
    const all = code.match(/(?<=["'`])https?:\/\/[^\s"'`$\\]+/g) ?? []
    return all.map((address) => ({ address, insteadOf: [] }))
  }
  for (const statement of program.body) {
    if (statement.type !== 'VariableDeclaration' || statement.kind !== 'const') continue
    for (const { id, init } of statement.declarations) {
      if (id.type !== 'Identifier' || init?.type !== 'Literal') continue
      const address = typeof init.value === 'string' ? addressOf(init.value) : undefined
      if (address !== undefined) constants.set(id.name, address)
    }
  }
  visit(program, [])
  // One that another file may use.
  for (const [name, address] of constants) if (!used.has(name)) note(address, [])
  return found
}

/** @returns `undefined` where the parser knows less than k6 */
function read(code: string) {
  try {
    return parse(code, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true })
  } catch {
    return undefined
  }
}

function isVariable(name: unknown): boolean {
  return typeof name === 'string' && /^[A-Z][A-Z0-9_]+$/.test(name)
}

function pair(insteadOf: string[]): (node: AnyNode) => [AnyNode, string[]] {
  return (node) => [node, insteadOf]
}

function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node).flat().filter(isNode)
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}

/** The address that a text in code begins with. */
function addressOf(text: string): string | undefined {
  return /^https?:\/\/[^\s"'`$\\]+/.exec(text)?.[0]
}
