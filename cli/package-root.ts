import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Where this package is: the checkout, or its folder in node_modules. The command runs from `dist/cli`
 * in both, and its tests from `cli`, so it is looked for.
 */
const packageRoot = (() => {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (folder === dirname(folder)) throw new Error('k6-llm: its package.json is not there')
  }
})()

/** The path of something that is in the package. */
export const inPackage = (path: string) => join(packageRoot, path)

/** The version of this package. */
export const { version }: { version: string } = JSON.parse(
  readFileSync(inPackage('package.json'), 'utf8'),
)
