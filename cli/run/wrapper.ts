import { rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CommandError } from '../command.ts'
import { codeOf } from '../fault.ts'
import { inPackage } from '../package-root.ts'
import type { Script } from './script.ts'

const streaming = pathToFileURL(inPackage('dist/xk6-sse.js')).href

/** What a wrapper adds. */
export interface Added {
  /** turn streaming on, for a k6 with k6/x/sse */
  stream: boolean
  /** file for what k6 tells at the end (see `readValidity`) */
  summary?: string
}

export interface Wrapper {
  path: string
  remove(): void
}

/**
 * Writes a script that runs another one with something added. It stands in the same folder, since
 * k6 looks for what a script opens from the folder of the one that it was started with.
 */
export function writeWrapper(script: Script, added: Added): Wrapper {
  const folder = dirname(script.path)
  const name = basename(script.path, extname(script.path))
  const path = join(folder, `.${name}.k6-llm-${process.pid}.js`)
  try {
    writeFileSync(path, wrapperText(script, added))
  } catch (error) {
    throw new CommandError(
      `${folder}: cannot be written to (${codeOf(error)}); a file beside the script turns streaming on: ` +
        `copy the script to a folder of your own, or run it as it is: k6 run ${script.path}`,
    )
  }
  return { path, remove: () => rmSync(path, { force: true }) }
}

/**
 * The form that is right on every k6: what a wrapper imports first is there when the script's own
 * imports run, on 0.47 too, where `export * from` would not do; and no name that does not exist.
 */
export function wrapperText(
  { path, exports }: Pick<Script, 'path' | 'exports'>,
  { stream, summary }: Added,
): string {
  const own = `./${basename(path)}`
  const named = exports.filter((name) => name !== 'default').sort()
  const main = exports.includes('default')
  const judged = named.includes('handleSummary') ? summary : undefined
  const imports = named.map((name) =>
    judged !== undefined && name === 'handleSummary' ? 'handleSummary as summary' : name,
  )
  const passed = named.filter((name) => judged === undefined || name !== 'handleSummary')
  const from = [main ? 'main' : '', imports.length > 0 ? `{ ${imports.join(', ')} }` : '']
    .filter((part) => part !== '')
    .join(', ')
  return [
    `// Written by k6-llm run for ${basename(path)}, and removed at its end.`,
    stream ? `import ${JSON.stringify(streaming)}` : '',
    `import ${from} from ${JSON.stringify(own)}`,
    '',
    passed.length > 0 ? `export { ${passed.join(', ')} }` : '',
    main ? 'export default main' : '',
    judged === undefined ? '' : summaryText(judged),
  ]
    .filter((line, i, all) => line !== '' || all[i - 1] !== '')
    .join('\n')
}

/**
 * The script's own handleSummary, and a file of what it says: the validity that its report has, or
 * k6's figures where it made no report. What `setup()` returned is left out: it may hold tokens.
 */
function summaryText(file: string) {
  return `
export function handleSummary(data) {
  const output = summary.apply(this, arguments) || {}
  let told
  for (const name of Object.keys(output)) {
    if (!/"k6-llm\\/report@1"/.test(output[name])) continue
    try {
      told = { validity: JSON.parse(output[name]).validity }
    } catch (_otherText) {
      continue
    }
  }
  if (!told) told = { data: { metrics: data.metrics, root_group: data.root_group, state: data.state } }
  return Object.assign({}, output, { [${JSON.stringify(file)}]: JSON.stringify(told) })
}
`
}
