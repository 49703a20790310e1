import { listOf, objectOf } from '../stream/json.ts'

/**
 * Where values are in a JSON answer: keys joined by dots; `[]` goes into every item of a list,
 * `[key=value]` into those that have it, `{}` takes an object's keys. Read by {@link readPath}.
 *
 * @example 'data[].id', 'models[status.value=loaded].name', '[state=READY].name', 'profiles{}'
 */
export type ValuePath = string

/** Every text, number and boolean at a path, as text. What is not there gives none. */
export function readPath(json: unknown, path: ValuePath): string[] {
  let values: unknown[] = [json]
  // `a.b[c.d=e].f` in steps: a, b, [c.d=e], f
  for (const step of path.match(/\[[^\]]*\]|\{\}|[^.[{]+/g) || []) {
    const next: unknown[] = []
    for (const value of values) {
      if (step === '{}') next.push(...Object.keys(objectOf(value)))
      else if (step[0] !== '[') next.push(objectOf(value)[step])
      else {
        const [key, wanted] = step.slice(1, -1).split('=')
        for (const item of listOf(value)) {
          if (!key || readPath(item, key).indexOf(wanted as string) !== -1) next.push(item)
        }
      }
    }
    values = next
  }
  return values
    .filter((value) => /^(string|number|boolean)$/.test(typeof value))
    .map((value) => String(value))
}
