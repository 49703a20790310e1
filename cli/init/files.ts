/** What `k6-llm init` asks for. */
export interface Answers {
  url: string
  /** wire format of k6-llm */
  api: string
  /** '' where the server chooses */
  model: string
  /** most at the same time */
  users: number
  /** such as `2m` */
  duration: string
  /** goal of TTFT at p95, ms */
  ttft: number
  /** goal: share of requests that may fail */
  failed: number
  /** a GitHub workflow as well */
  workflow: boolean
}

/**
 * The files of a project, by path below its folder; `/` on every system.
 *
 * @param version of k6-llm
 */
export function filesOf(answers: Answers, version: string): Record<string, string> {
  return {
    'load/chat.js': scenario(answers),
    'load/config.json': `${JSON.stringify(config(answers), null, 2)}\n`,
    ...(answers.workflow && { '.github/workflows/load-test.yml': workflow(answers, version) }),
  }
}

function config({ url, api, model, users, duration, ttft, failed }: Answers) {
  return {
    baseUrl: url,
    api,
    ...(model !== '' && { model }),
    users,
    duration,
    goals: { ttft: { p95: ttft }, errorRate: failed },
  }
}

function scenario({ url }: Answers) {
  return `// Users that stream answers. What they ask is below, all else is in config.json; variables win:
//   npx k6-llm run -e BASE_URL=${url} load/chat.js
import {
  canStream,
  clientLagScenario,
  createChatClient,
  createSummary,
  env,
  pause,
  summaryTrendStats,
  thinkTime,
  toThresholds,
} from '../node_modules/k6-llm/dist/index.js'

export { clientLag } from '../node_modules/k6-llm/dist/index.js'

const config = JSON.parse(open('./config.json'))
const duration = env.string('TEST_DURATION', config.duration)
// On a k6 without k6/x/sse no token is seen arriving: TTFT is then reported as not measured.
const unmeasured = 'report'

export const options = {
  scenarios: {
    chat: {
      executor: 'constant-vus',
      vus: env.number('MAX_VUS', config.users, { min: 1, integer: true }),
      duration,
      gracefulStop: '120s', // a stream that has begun may come to its end
    },
    lag: clientLagScenario({ duration }),
  },
  thresholds: toThresholds(config.goals, { unmeasured }),
  summaryTrendStats,
}

const chat = createChatClient({
  api: config.api,
  baseUrl: () => env.baseUrl(config.baseUrl),
  model: () => env.string('MODEL', config.model),
  timeout: '120s',
})

const prompts = [
  'Why is the sky blue?',
  'Write a short poem about the sea.',
  'Explain recursion to a child.',
]

export default async function () {
  const prompt = prompts[Math.floor(Math.random() * prompts.length)]
  const reply = await chat.stream({ prompt, max_tokens: 200 })
  if (!reply.ok) console.warn(\`\${reply.error.kind}: \${reply.error.message}\`)
  pause(thinkTime(1, 3))
}

export const handleSummary = createSummary({
  title: 'chat',
  sla: config.goals,
  unmeasured,
  notes: { streaming: canStream() ? 'k6/x/sse' : 'none' },
})
`
}

function workflow({ url }: Answers, version: string) {
  const secret = (name: string) => `\${{ secrets.${name} }}`
  return `name: load test

# By hand, and once a night. A load test on every push would measure the neighbours on the runner.
on:
  workflow_dispatch:
    inputs:
      base_url:
        description: address of the server
        default: ${JSON.stringify(url)}
      duration:
        description: length of the test
        default: 2m
  schedule:
    - cron: '17 3 * * *'

permissions:
  contents: read

jobs:
  load-test:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    env:
      BASE_URL: \${{ inputs.base_url || ${yaml(url)} }}
      TEST_DURATION: \${{ inputs.duration || '2m' }}
      API_TOKEN: ${secret('LLM_API_TOKEN')}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      # A stock k6: TTFT is then reported as not measured. For one that measures it build k6/x/sse
      # (https://github.com/phymbert/xk6-sse#readme) and set K6_BIN.
      - uses: grafana/setup-k6-action@v1
      - run: npm install --no-save k6-llm@${version}
      - run: npx k6-llm doctor
      # Ends with 99 where a goal was missed, with 4 where the runner was too slow to tell.
      - run: npx k6-llm run --strict load/chat.js
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: results
          path: results
`
}

/** @param text within an expression of GitHub */
function yaml(text: string) {
  return `'${text.replaceAll("'", "''")}'`
}
