import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const directory = fileURLToPath(new URL('../fixtures/streams/', import.meta.url))

/** The meaning of a stream, as the fixture states it. */
export interface Semantics {
  text: string
  reasoning: string
  tools?: Record<string, { name: string; arguments: string }>
  finish: string | null
  usage: Record<string, number> | null
  done: boolean
  error: unknown
  first_generated: number | null
  first_content: number | null
  generated_chunks: number
}

export interface Fixture {
  name: string
  text: string
  expected: { event: string; data: string; id: string }[]
  semantics?: Semantics
}

/** Streams of real servers and of the standard's edges, with what a reader must make of them. */
export function fixtures(pattern: RegExp): Fixture[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.sse') && pattern.test(file))
    .map((file) => {
      const name = file.slice(0, -4)
      const read = (suffix: string) => readFileSync(`${directory}${name}${suffix}`, 'utf8')
      return {
        name,
        text: read('.sse'),
        expected: JSON.parse(read('.expected.json')),
        semantics: JSON.parse(read('.meta.json')).semantics,
      }
    })
}
