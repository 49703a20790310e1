import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Plugin } from 'rollup'
import ts from 'typescript'
import { root } from './root.ts'
import { filesIn } from './stamp.ts'

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
  refuse(diagnostics?.[0])
  return outputText
}

function refuse(fault: ts.Diagnostic | undefined) {
  if (fault === undefined) return
  const text = ts.flattenDiagnosticMessageText(fault.messageText, '\n')
  throw new Error(`${fault.file?.fileName}: ${text}`)
}

/**
 * The same as `compile` of each, in a third of the time: it makes a type checker for every file.
 *
 * @param paths absolute
 * @returns by the text of the file
 */
function compileAll(paths: string[]): Map<string, string> {
  const texts = new Map(paths.map((path) => [path, readFileSync(path, 'utf8')]))
  const made = new Map<string, string>()
  const host: ts.CompilerHost = {
    getSourceFile(path, options) {
      const text = texts.get(path)
      return text === undefined ? undefined : ts.createSourceFile(path, text, options)
    },
    writeFile(_path, output, _mark, _onError, sources = []) {
      for (const { text } of sources) made.set(text, output)
    },
    getDefaultLibFileName: () => 'none',
    getCurrentDirectory: () => root,
    getCanonicalFileName: (path) => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (path) => texts.has(path),
    readFile: (path) => texts.get(path),
  }
  const options = { ...forK6, noLib: true, noResolve: true, noCheck: true, types: [] }
  const program = ts.createProgram(paths, options, host)
  refuse(program.getSyntacticDiagnostics()[0])
  program.emit()
  return made
}

/**
 * A rollup plugin: sources of the library as what every k6 reads, ES2017.
 *
 * @param folder of all of them, from the root of the checkout
 */
export function typescriptForK6(folder: string): Plugin {
  const helpers = createRequire(import.meta.url).resolve('tslib/tslib.es6.js')
  let made: Map<string, string> | undefined
  return {
    name: 'typescript-for-k6',
    resolveId: (id) => (id === 'tslib' ? helpers : null),
    transform(code, id) {
      if (!id.endsWith('.ts')) return null
      made ??= compileAll(
        filesIn(folder)
          .filter((file) => /(?<!\.d)\.ts$/.test(file))
          .map((file) => join(root, file)),
      )
      // A plugin before this one has changed it, or somebody has since.
      const known = made.get(code) ?? compile(code, id, forK6)
      made.set(code, known)
      return { code: known, map: null }
    },
  }
}
