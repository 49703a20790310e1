// Whether a statement only declares: then it makes no difference when it runs.
import ts from 'typescript'
import type { Statement } from './top-level.ts'

/** Globals whose values never change. */
export const STEADY_GLOBALS = ['undefined', 'NaN', 'Infinity', 'Object', 'Array', 'globalThis']

/** @param steady names whose values never change */
export function isPure({ node, kind }: Statement, steady: Set<string>) {
  if (kind === 'function') return true
  if (ts.isClassDeclaration(node)) {
    const parent = node.heritageClauses?.[0]?.types[0]?.expression
    return (
      (parent === undefined || isPureValue(parent, steady)) &&
      node.members.every((one) => ts.isMethodDeclaration(one) || ts.isConstructorDeclaration(one))
    )
  }
  if (!ts.isVariableStatement(node)) return false
  return node.declarationList.declarations.every(
    ({ name, initializer }) =>
      ts.isIdentifier(name) && (!initializer || isPureValue(initializer, steady)),
  )
}

const PURE_CALL = /^Object\.(keys|values|entries|freeze)$|\.(concat|slice|join)$/

/**
 * Whether a value is the same whenever it is made: literals, functions, and what is put together
 * of them.
 */
function isPureValue(at: ts.Node, steady: Set<string>): boolean {
  if (ts.isFunctionExpression(at) || ts.isArrowFunction(at)) return true
  if (ts.isMethodDeclaration(at) || ts.isAccessor(at)) return true
  if (ts.isIdentifier(at)) return steady.has(at.text)
  if (ts.isPropertyAccessExpression(at)) return isPureValue(at.expression, steady)
  if (ts.isPropertyAssignment(at)) {
    const { name } = at
    return (
      isPureValue(at.initializer, steady) &&
      (!ts.isComputedPropertyName(name) || isPureValue(name.expression, steady))
    )
  }
  if (ts.isCallExpression(at)) {
    if (!PURE_CALL.test(at.expression.getText().replace(/\s+/g, ''))) return false
  } else if (!PURE_KINDS.has(at.kind) || changes(at)) {
    return false
  }
  return at.getChildren().every((child) => isToken(child) || isPureValue(child, steady))
}

function changes(node: ts.Node) {
  if (ts.isBinaryExpression(node)) return isAssigned(node.left)
  return ts.isPrefixUnaryExpression(node) && isAssigned(node.operand)
}

function isToken({ kind }: ts.Node) {
  return kind >= ts.SyntaxKind.FirstPunctuation && kind <= ts.SyntaxKind.LastPunctuation
}

const PURE_KINDS = new Set([
  ts.SyntaxKind.SyntaxList,
  ts.SyntaxKind.NumericLiteral,
  ts.SyntaxKind.StringLiteral,
  ts.SyntaxKind.RegularExpressionLiteral,
  ts.SyntaxKind.NoSubstitutionTemplateLiteral,
  ts.SyntaxKind.TemplateExpression,
  ts.SyntaxKind.TemplateHead,
  ts.SyntaxKind.TemplateMiddle,
  ts.SyntaxKind.TemplateTail,
  ts.SyntaxKind.TemplateSpan,
  ts.SyntaxKind.TrueKeyword,
  ts.SyntaxKind.FalseKeyword,
  ts.SyntaxKind.NullKeyword,
  ts.SyntaxKind.ArrayLiteralExpression,
  ts.SyntaxKind.ObjectLiteralExpression,
  ts.SyntaxKind.ShorthandPropertyAssignment,
  ts.SyntaxKind.SpreadElement,
  ts.SyntaxKind.SpreadAssignment,
  ts.SyntaxKind.ElementAccessExpression,
  ts.SyntaxKind.ParenthesizedExpression,
  ts.SyntaxKind.ConditionalExpression,
  ts.SyntaxKind.BinaryExpression,
  ts.SyntaxKind.PrefixUnaryExpression,
])

/** Whether a value, or a member of it, is assigned. */
export function isAssigned(node: ts.Node): boolean {
  const parent = node.parent
  if (ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent)) {
    return parent.expression === node && isAssigned(parent)
  }
  if (ts.isBinaryExpression(parent)) {
    const operator = parent.operatorToken.kind
    return (
      parent.left === node &&
      operator >= ts.SyntaxKind.FirstAssignment &&
      operator <= ts.SyntaxKind.LastAssignment
    )
  }
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) {
    const { operator } = parent
    return operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken
  }
  if (ts.isDeleteExpression(parent)) return true
  return (ts.isForOfStatement(parent) || ts.isForInStatement(parent)) && parent.initializer === node
}
