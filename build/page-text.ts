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

const KIND = /^(.*)\?(compact|packed)$/
// Vite handles names that end in .css by itself, query or not.
const MARK = '?page-text'

export function pageText(): Plugin & { enforce: 'pre' } {
  return {
    name: 'page-text',
    enforce: 'pre',
    resolveId(source, importer) {
      const asked = KIND.exec(source)
      if (!asked || importer === undefined) return null
      const [, file = '', kind] = asked
      const path = file.startsWith('.')
        ? resolve(dirname(importer), file)
        : createRequire(importer).resolve(file)
      return `\0${path}|${kind}${MARK}`
    },
    async load(id) {
      if (!id.startsWith('\0') || !id.endsWith(MARK)) return null
      const [path = '', kind] = id.slice(1, -MARK.length).split('|')
      const text = await readFile(path, 'utf8')
      const made =
        kind === 'packed'
          ? await packed(path, text)
          : path.endsWith('.css')
            ? compactStyle(text)
            : await compactScript(text, path)
      return { code: `export default ${JSON.stringify(made)}`, map: { mappings: '' } }
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
