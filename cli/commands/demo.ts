import type { Command } from 'commander'
import { explain, whenCalled } from '../command.ts'
import { inPackage } from '../package-root.ts'
import type { Way } from '../run/way.ts'
import { streamOption } from './run.ts'

interface Options {
  /** such as 30s */
  duration?: string
  stream?: Way
  k6?: string
  preview?: true
  dashboard?: true
}

export function add(program: Command) {
  const command = program
    .command('demo')
    .summary('a test of a simulated server: what a verdict looks like')
    .description(
      'Starts a simulated gateway in this process, runs the reference streaming test on it, ' +
        'prints the verdict and writes results/. Ends with the code of k6.',
    )
    .option('--duration <time>', 'length of the test; TEST_DURATION, else 18s')
    .addOption(streamOption())
    .option('--k6 <path>', 'the k6 to run; K6_BIN or k6 on PATH unless given')
    .option('--preview', 'the preview engine, though there is a k6')
    .option('--dashboard', "k6's web dashboard with LLM panels, kept as a page in results/")
  explain(command, {
    examples: ['k6-llm demo', 'k6-llm demo --duration 1m --dashboard'],
    exitCodes: {
      0: 'every goal was met',
      1: 'it could not be run: the message says why',
      2: 'wrong use',
      3: 'no k6 that can do what was asked for',
      99: "a goal was missed; this and all other codes are k6's own",
    },
  })
  whenCalled(command, async ({ duration, stream, k6, preview, dashboard }: Options) => {
    const { aboutEngine, whatRuns } = await import('../run/which-k6.ts')
    const { codeOf, runOnce } = await import('../run/once.ts')
    const { createSimulator } = await import('../../simulator/server.ts')
    const engine = whatRuns({ k6, preview })
    const say = (line: string) => process.stderr.write(`k6-llm: ${line}\n`)
    say(aboutEngine(engine, preview))
    const simulator = createSimulator({ ttft: 300, itl: 20, spread: 0.2 })
    // Ctrl-C ends k6, which still needs the simulator then; what was started ends with this process.
    const { url } = await simulator.listen()
    const length = duration ?? (process.env.TEST_DURATION || '18s')
    say(`a simulated gateway at ${url}, a streaming test of ${length}`)
    try {
      const outcome = await runOnce({
        engine,
        script: inPackage('examples/streaming-test.js'),
        variables: {
          BASE_URL: url,
          API_BASE_URL: url,
          API: 'gateway',
          API_TOKEN: '',
          MODEL: '',
          TEST_EMAIL: 'test@example.com',
          TEST_PASSWORD: 'test123',
          TEST_DURATION: length,
          REPORT_FORMATS: process.env.REPORT_FORMATS || 'text,json,html',
        },
        stream,
        dashboard,
        say,
      })
      return codeOf(outcome)
    } finally {
      await simulator.close()
    }
  })
}
