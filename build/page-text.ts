// A rollup plugin (vite takes it too): files of the report's page as text. k6 keeps text for
// nothing, functions it does not (CONTRIBUTING.md "How the bundle stays cheap").
//
//   import style from './page/page.css?compact'        a style sheet or script without its spaces
//   import library from 'uplot/dist/x.js?packed'       gzip in base64, its licence at its head

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Plugin } from 'rollup'
import { minify } from 'terser'
import { compileForBrowser } from './compile.ts'

/** A file as text, in one of two forms. */
export interface PageFile {
  path: string
  kind: 'compact' | 'packed'
}

/** What an import asks for, where it asks for a file as text. */
export function pageFile(source: string, importer: string): PageFile | undefined {
  const [, file, kind] = /^(.*)\?(compact|packed)$/.exec(source) ?? []
  if (file === undefined || (kind !== 'compact' && kind !== 'packed')) return undefined
  const path = file.startsWith('.')
    ? resolve(dirname(importer), file)
    : createRequire(importer).resolve(file)
  return { path, kind }
}

/** By the text of the file: several bundles have it, and it takes a second to make. */
const made = new Map<string, Promise<string>>()

/** The module of it. */
export async function pageModule({ path, kind }: PageFile): Promise<string> {
  const text = await readFile(path, 'utf8')
  const key = `${kind} ${path} ${text}`
  const making = made.get(key) ?? make(path, kind, text)
  made.set(key, making)
  return `export default ${JSON.stringify(await making)}`
}

async function make(path: string, kind: PageFile['kind'], text: string): Promise<string> {
  if (kind === 'packed') return packed(path, text)
  return path.endsWith('.css') ? compactStyle(text) : compactScript(text, path)
}

// Vite handles names that end in .css by itself, query or not.
const MARK = '?page-text'

export function pageText(): Plugin & { enforce: 'pre' } {
  const files = new Map<string, PageFile>()
  return {
    name: 'page-text',
    enforce: 'pre',
    resolveId(source, importer) {
      const file = importer === undefined ? undefined : pageFile(source, importer)
      if (file === undefined) return null
      const id = `\0${file.path}|${file.kind}${MARK}`
      files.set(id, file)
      return id
    },
    async load(id) {
      const file = files.get(id)
      return file === undefined ? null : { code: await pageModule(file), map: { mappings: '' } }
    },
  }
}

async function packed(path: string, text: string) {
  const licence = await readFile(join(dirname(path), '../LICENSE'), 'utf8')
  return gzipSync(`/*!\n${licence}*/\n${text}`, { level: 9 }).toString('base64')
}

function compactStyle(text: string) {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,>]) ?/g, '$1')
    .replace(/: /g, ':')
    .replace(/;}/g, '}')
    .trim()
}

async function compactScript(text: string, path: string): Promise<string> {
  const script = compileForBrowser(text, path)
  const { code } = await minify(script, { ecma: 2020, toplevel: true })
  return code ?? ''
}
