import type { Command } from 'commander'
import { CommandError, EXIT, explain, whenCalled } from '../command.ts'
import { checkApi } from '../options.ts'

interface Options {
  api: string
  json?: true
}

/** What lines of the file were. */
interface Counts {
  streams: number
  notStreamed: number
  cutOff: number
  otherLines: number
}

export function add(program: Command) {
  const command = program
    .command('definitions')
    .summary('the same streams under the definitions of six tools')
    .description(
      'Shows what TTFT, ITL, TPOT, latency and tokens of the same streams are under the rules of ' +
        'k6-llm, vllm bench serve, AIPerf, GuideLLM, inference-perf and xk6-llm.',
    )
    .argument('<file>', 'console output of k6 with recordings, one on a line')
    .option('--api <name>', 'wire format, as in docs/servers.md', 'openai-chat')
    .option('--json', 'print the table as JSON')
  explain(command, {
    notes: `Recordings are written by the script:
  const chat = createChatClient({ keep: 'recording' })
  export default async function () {
    const reply = await chat.stream('Hello')
    console.log(JSON.stringify({ recording: reply.recording }))
  }

Lines that are no recording are skipped and counted. k6's other log formats
are read too. Times are in milliseconds; "-" is a figure that the tool does
not have. The other tools' rules are of openai-chat and gateway; streams of
another --api are read by k6-llm's only. All are in docs/definitions.md.`,
    examples: [
      'k6 run --console-output recordings.log --log-format raw script.js',
      'k6-llm definitions recordings.log',
      'k6-llm definitions --json recordings.log',
    ],
    exitCodes: {
      0: 'the table was printed',
      1: 'the file cannot be read, holds a broken recording, or no stream',
      2: 'wrong use',
    },
  })
  whenCalled(command, async (file: string, options: Options) => {
    const { InputError } = await import('../definitions/read.ts')
    try {
      await run(file, options)
      return EXIT.ok
    } catch (error) {
      throw error instanceof InputError ? new CommandError(error.message) : error
    }
  })
}

async function run(file: string, { api, json }: Options) {
  const { InputError, readLines } = await import('../definitions/read.ts')
  const { createSummary } = await import('../definitions/summary.ts')
  const { toData, toText } = await import('../definitions/table.ts')
  const { APIS } = await import('#node')
  const summary = createSummary(checkApi(api, APIS))
  const counts: Counts = { streams: 0, notStreamed: 0, cutOff: 0, otherLines: 0 }
  for await (const line of readLines(file)) {
    if (line === 'body') counts.notStreamed++
    else if (line === 'cut') counts.cutOff++
    else if (line === 'other') counts.otherLines++
    else if (line !== 'blank') {
      summary.add(line)
      counts.streams++
    }
  }
  if (counts.streams === 0) throw new InputError(`${file}: no stream in it; ${describe(counts)}`)
  const columns = summary.columns()
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...counts, ...toData(columns) }, null, 2)}\n`)
  } else {
    process.stdout.write(`${describe(counts)}\n\n${toText(columns)}`)
  }
}

function describe({ streams, notStreamed, cutOff, otherLines }: Counts): string {
  const parts = [`${streams} ${streams === 1 ? 'stream' : 'streams'}`]
  if (notStreamed > 0) parts.push(`${notStreamed} without times of events (k6/http)`)
  if (cutOff > 0) parts.push(`${cutOff} cut off at the end of the file`)
  if (otherLines > 0) parts.push(`${otherLines} other ${otherLines === 1 ? 'line' : 'lines'}`)
  return parts.join(', ')
}
