import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { type Node, parse } from 'acorn'
import { minify } from 'terser'
import { type Line, show } from './lines.ts'

/** A text in the code longer than this is the report's page, which costs a VU nothing. */
const PAGE = 4000

/** Size of a module as a CDN serves it, in kB of 1,000 bytes. */
async function sizes(code: string) {
  const small = (await minify(code, { toplevel: true })).code ?? ''
  const { code: rest, pages } = withoutPages(small)
  const kB = (text: string) => gzipSync(text, { level: 9 }).length / 1000
  return { raw: code.length / 1000, min: small.length / 1000, gzip: kB(rest), pages: kB(pages) }
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value

/** Takes long texts out of a module. */
export function withoutPages(code: string) {
  const found: [from: number, to: number][] = []
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) walk(one)
    if (!isNode(value)) return
    const isText = value.type === 'Literal' && 'value' in value && typeof value.value === 'string'
    if ((isText || value.type === 'TemplateElement') && value.end - value.start > PAGE) {
      found.push([value.start, value.end])
    }
    for (const child of Object.values(value)) walk(child)
  }
  walk(parse(code, { ecmaVersion: 2022, sourceType: 'module' }))
  let rest = ''
  let pages = ''
  let at = 0
  for (const [from, to] of found.sort(([a], [b]) => a - b)) {
    rest += code.slice(at, from)
    pages += code.slice(from, to)
    at = to
  }
  return { code: rest + code.slice(at), pages }
}

export async function run(): Promise<Line[]> {
  const code = readFileSync(new URL('../dist/index.cjs', import.meta.url), 'utf8')
  const found = await sizes(code)
  const page = found.pages > 0.1 ? `; the report's page: ${show(found.pages, 'kB')} more` : ''
  return [
    {
      what: `dist/index.cjs, min + gzip${page}`,
      figure: show(found.gzip, 'kB', 1),
      floor: `as built ${show(found.raw, 'kB')}, min ${show(found.min, 'kB')}`,
      values: found,
    },
  ]
}
