import { createRequire } from 'node:module'
import type { Plugin } from 'rollup'
import ts from 'typescript'

// TypeScript lowers what k6 loads: another compiler's helpers would change what a VU pays. Types are
// checked by `npm run types`, not here.
const forK6: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2017,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  importHelpers: true,
  removeComments: true,
}

const forBrowser: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2020,
  module: ts.ModuleKind.ESNext,
  isolatedModules: true,
}

/** The script of a page. */
export const compileForBrowser = (text: string, file: string) => compile(text, file, forBrowser)

function compile(text: string, fileName: string, compilerOptions: ts.CompilerOptions): string {
  const { outputText, diagnostics } = ts.transpileModule(text, {
    fileName,
    compilerOptions,
    reportDiagnostics: true,
  })
  const [fault] = diagnostics ?? []
  if (fault)
    throw new Error(`${fileName}: ${ts.flattenDiagnosticMessageText(fault.messageText, '\n')}`)
  return outputText
}

/** A rollup plugin: sources of the library as what every k6 reads, ES2017. */
export function typescriptForK6(): Plugin {
  const helpers = createRequire(import.meta.url).resolve('tslib/tslib.es6.js')
  const made = new Map<string, string>()
  return {
    name: 'typescript-for-k6',
    resolveId: (id) => (id === 'tslib' ? helpers : null),
    transform(code, id) {
      if (!id.endsWith('.ts')) return null
      const known = made.get(code) ?? compile(code, id, forK6)
      made.set(code, known)
      return { code: known, map: null }
    },
  }
}
