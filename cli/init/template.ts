import { readFileSync } from 'node:fs'
import { inPackage } from '../package-root.ts'

/**
 * A file of `templates/` with a project's own values. A template is whole and linted as it is, so
 * what is put in stands for an example: each must be there, or the template has changed under it.
 *
 * @param name of the file
 * @param values by the example that each takes the place of, in every place where that stands
 */
export function fillTemplate(name: string, values: Record<string, string>): string {
  // Copied beside the programs by the build; the sources are not shipped.
  const template = readFileSync(inPackage(`dist/cli/init/templates/${name}`), 'utf8')
  const examples = Object.keys(values)
  for (const example of examples) {
    if (!template.includes(example)) throw new Error(`${name}: expected ${example} in it`)
  }
  const any = new RegExp(examples.map(literally).join('|'), 'g')
  return template.replace(any, (example) => values[example] ?? example)
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
