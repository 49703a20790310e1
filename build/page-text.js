// A rollup plugin (vite takes it too): files of the report's page as text. k6 keeps text for
// nothing, functions it does not (CONTRIBUTING.md "How the bundle stays cheap").
//
//   import style from './page/page.css?compact'        a style sheet or script without its spaces
//   import library from 'uplot/dist/x.js?packed'       gzip in base64, its licence at its head
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { minify } from 'terser'

const KIND = /^(.*)\?(compact|packed)$/
// Vite handles names that end in .css by itself, query or not.
const MARK = '?page-text'

/** @returns {import('rollup').Plugin & { enforce: 'pre' }} */
export function pageText() {
  return {
    name: 'page-text',
    enforce: 'pre',
    resolveId(source, importer) {
      const asked = KIND.exec(source)
      if (!asked || importer === undefined) return null
      const [, file, kind] = /** @type {[string, string, string]} */ (
        /** @type {unknown} */ (asked)
      )
      const path = file.startsWith('.')
        ? resolve(dirname(importer), file)
        : createRequire(importer).resolve(file)
      return `\0${path}|${kind}${MARK}`
    },
    async load(id) {
      if (!id.startsWith('\0') || !id.endsWith(MARK)) return null
      const [path, kind] = /** @type {[string, string]} */ (id.slice(1, -MARK.length).split('|'))
      const text = await readFile(path, 'utf8')
      const made =
        kind === 'packed'
          ? await packed(path, text)
          : path.endsWith('.css')
            ? compactStyle(text)
            : await compactScript(text)
      return { code: `export default ${JSON.stringify(made)}`, map: { mappings: '' } }
    },
  }
}

/**
 * @param {string} path
 * @param {string} text
 */
async function packed(path, text) {
  const licence = await readFile(join(dirname(path), '../LICENSE'), 'utf8')
  return gzipSync(`/*!\n${licence}*/\n${text}`, { level: 9 }).toString('base64')
}

/** @param {string} text */
export function compactStyle(text) {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,>]) ?/g, '$1')
    .replace(/: /g, ':')
    .replace(/;}/g, '}')
    .trim()
}

/** @param {string} text */
async function compactScript(text) {
  const { code } = await minify(text, { ecma: 2020, toplevel: true })
  return /** @type {string} */ (code)
}
