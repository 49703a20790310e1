import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { findTestedK6, INSTALL, TESTED } from '../../cli/find-k6.ts'

/** Says before the k6 tests which k6 they run on, or in one line what is not tested without. */
export default function announce(): void {
  const found = findTestedK6()
  if (found.length > 0) {
    const names = found.map((k6) => `${k6.name} ${k6.version}${k6.streams ? ' with k6/x/sse' : ''}`)
    console.log(`Real k6: ${names.join(', ')}`)
    const missing = TESTED.filter((name) => !found.some((k6) => k6.name === name))
    if (missing.length > 0) console.log(`Not tested on: ${missing.join(', ')} (not found)`)
    return
  }
  const directory = fileURLToPath(new URL('../k6/', import.meta.url))
  const suites = readdirSync(directory)
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -8))
  console.log(
    `NOT TESTED on real k6, since none was found (${TESTED.join(', ')} in K6_DIR or on PATH, or ` +
      `K6_BIN; ${INSTALL.k6}): ${suites.join(', ')}`,
  )
}
