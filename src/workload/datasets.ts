import { misnamed, misuse, show } from '../core/errors.ts'
import { createCallCounter, currentIteration } from '../core/iteration.ts'
import { checkKeys } from '../core/options.ts'
import { mixSeed, randomAt, seedOption } from '../core/random.ts'
import { type Columns, type DatasetRow, readDataset } from './dataset-rows.ts'
import { checkIsText, DATASET_FORMATS, type DatasetFormat, sniffFormat } from './dataset-text.ts'
import { permute, placeIn } from './order.ts'
import { sharedRows } from './shared-rows.ts'

export interface DatasetOptions {
  /**
   * `csv` also with semicolons or tabs; `sharegpt`: every row is a conversation.
   * @default by how the file begins: `{` JSON lines, `[` a list in JSON, else CSV
   */
  format?: DatasetFormat
  /**
   * `sequential`: as in the file; `shuffled`: each row once, then all again in another order;
   * `weighted`: by chance, as often as their field `weight` says. @default 'sequential'
   */
  order?: 'sequential' | 'shuffled' | 'weighted'
  /** Of the order. @default SEED, else 1 */
  seed?: number
  /**
   * Rows of one VU are no other's, in all processes together: VU n of `vus` has each `vus`-th row.
   * Without it rows go to iterations, so none comes twice before all have come. @default off
   */
  partition?: { vus: number }
  /** How many rows an iteration takes at most, one by each `next()`. @default 1 */
  perIteration?: number
  /** When all have come: begin again. `false`: `next()` gives `undefined`. @default true */
  repeat?: boolean
  /** A row that cannot be read ends the test. @default false: it is named and left out */
  strict?: boolean
  /** Names of fields that the file calls otherwise, like `{ prompt: 'question' }`. */
  columns?: Columns
}

export interface Dataset {
  /** Rows that can be sent. */
  readonly length: number
  /** Rows that could not be read. */
  readonly skipped: number
  /** A row by its place in the file, from 0. */
  at(index: number): DatasetRow
  /** The row of this iteration, by the order; `undefined` past the end (`repeat: false`). */
  next(): DatasetRow
}

const OPTIONS = [
  'format',
  'order',
  'seed',
  'partition',
  'perIteration',
  'repeat',
  'strict',
  'columns',
]

interface Head {
  length: number
  skipped: number
}

/**
 * Requests from a file: JSON lines or a list in JSON (`{"prompt": …}` or `{"messages": […]}`, with
 * `max_tokens`, `turns`, `weight`; ShareGPT's conversations; OpenAI's batch lines, whose `body` is the
 * request, all of it), or CSV with such columns, between commas, semicolons or tabs.
 *
 * It is read once in a process and shared by its VUs. A row that cannot be read is named by file,
 * line and fault, and left out; `skipped` tells how many.
 *
 * @param name of the file, for messages; each file needs its own
 * @param open reads it: k6's `open` belongs to the script, `() => open('./prompts.jsonl')`
 * @example const data = loadDataset('prompts.jsonl', () => open('./prompts.jsonl'), { order: 'shuffled' })
 *   const { request, fields } = data.next() // in VU code
 *   await chat.stream(request, { tags: { category: fields.category } })
 */
export function loadDataset(
  name: string,
  open: () => string,
  options: DatasetOptions = {},
): Dataset {
  checkKeys('loadDataset', options, OPTIONS)
  if (typeof name !== 'string' || name === '' || typeof open !== 'function') {
    misuse(
      `loadDataset(${show(name)}, ${show(open)}): expected a name and a function, like ` +
        "loadDataset('prompts.jsonl', () => open('./prompts.jsonl'))",
    )
  }
  const { order = 'sequential', perIteration = 1, repeat = true, strict = false } = options
  const { format, columns = {}, partition } = options
  if (['sequential', 'shuffled', 'weighted'].indexOf(order) < 0) {
    misuse(`${name}: order=${show(order)}: expected 'sequential', 'shuffled' or 'weighted'`)
  }
  if (format !== undefined && DATASET_FORMATS.indexOf(format) < 0) {
    misnamed(`${name}: format`, format, DATASET_FORMATS)
  }
  checkKeys('columns', columns, ['prompt', 'messages', 'max_tokens', 'weight'])
  if (!(perIteration >= 1 && perIteration % 1 === 0)) {
    misuse(`${name}: perIteration=${show(perIteration)}: expected a whole number, 1 or more`)
  }
  const parts = partition === undefined ? 0 : partition.vus
  if (partition !== undefined && !(parts >= 1 && parts % 1 === 0)) {
    misuse(`${name}: partition=${show(partition)}: expected the number of VUs, like { vus: 10 }`)
  }
  if (parts > 0 && order === 'weighted') {
    misuse(
      `${name}: rows by weight come by chance and cannot be partitioned: leave out one of them`,
    )
  }
  const seed = seedOption(name, options.seed)

  const file = `dataset/${name}/${JSON.stringify([format, columns, strict])}`
  const rows = sharedRows<Head | DatasetRow>('loadDataset', file, () => {
    const text = checkIsText(name, open())
    const { rows, faults } = readDataset(name, text, {
      format: format === undefined ? sniffFormat(text) : format,
      columns,
      strict,
    })
    if (rows.length === 0) {
      const why = faults.first === undefined ? '' : `; the first: ${faults.first}`
      misuse(`${name}: no row that can be sent, ${faults.count} with faults${why}`)
    }
    faults.tell()
    const head: Head = { length: rows.length, skipped: faults.count }
    return [head as Head | DatasetRow].concat(rows)
  })
  const { length, skipped } = rows[0] as Head
  const at = (index: number) => rows[index + 1] as DatasetRow
  if (parts > length) {
    misuse(`${name}: ${length} rows for ${parts} VUs: expected a row for each at least`)
  }
  // Rising sums, shared as well: a choice reads as many as the length has bits.
  const sums =
    order === 'weighted'
      ? sharedRows<number>('loadDataset', `${file}/sums`, () => {
          let sum = 0
          const sums: number[] = []
          for (let i = 0; i < length; i++) {
            sum += at(i).weight
            sums.push(sum)
          }
          if (sum === 0) misuse(`${name}: every weight is 0: expected one above`)
          return sums
        })
      : []
  const calls = createCallCounter()

  function place(turn: number, vu: number): number | undefined {
    // Each VU goes round its own rows; without a partition all go round all of them.
    const own = parts === 0 ? length : Math.ceil((length - vu) / parts)
    const round = Math.floor(turn / own)
    if (round > 0 && !repeat) return undefined
    if (order === 'weighted') {
      return placeIn(sums, randomAt(seed, turn).next() * (sums[length - 1] as number))
    }
    const index = parts === 0 ? turn % own : vu + parts * (turn % own)
    if (order === 'sequential') return index
    // The same order in each round where rows belong to VUs: in another they would be others'.
    return permute(index, length, parts === 0 ? mixSeed(seed, round) : seed)
  }

  return {
    length,
    skipped,
    at(index) {
      if (!(index >= 0 && index < length && index % 1 === 0)) {
        misuse(`${name}: at(${show(index)}): expected 0 to ${length - 1}`)
      }
      return at(index)
    },
    next() {
      const { inTest, ofVu, vu } = currentIteration(`${name}: next()`)
      const call = calls()
      if (call >= perIteration) {
        misuse(
          `${name}: next() for the ${call + 1}. time in one iteration: say how many it takes, ` +
            `{ perIteration: ${call + 1} }, or ask by at()`,
        )
      }
      if (parts > 0 && vu > parts) {
        misuse(`${name}: VU ${vu} of { partition: { vus: ${parts} } }: expected that many at most`)
      }
      const turn = (parts === 0 ? inTest : ofVu) * perIteration + call
      const index = place(turn, vu - 1)
      // The type leaves `undefined` to those who asked for it.
      return (index === undefined ? undefined : at(index)) as DatasetRow
    },
  }
}
