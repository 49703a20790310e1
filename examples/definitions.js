// The definition table: a few streams are recorded as they arrive and written out, and the same
// streams are then read under the rules of six tools, which disagree. Needs k6/x/sse.
//
//   k6 run -e BASE_URL=http://localhost:8000 -e MODEL=qwen2.5-7b \
//     --console-output results/recordings.log --log-format raw examples/xk6-sse/definitions.js
//   npx k6-llm definitions results/recordings.log
import exec from 'k6/execution'
import { canStream, createChatClient, env, summaryTrendStats } from '../dist/index.js'

export const options = {
  vus: 1,
  iterations: 5,
  thresholds: { llm_failed: ['rate==0'], llm_requests: ['count>0'] },
  summaryTrendStats,
}

const chat = createChatClient({
  api: env.string('API', 'openai-chat'),
  baseUrl: () => env.baseUrl('http://localhost:8000'),
  keep: 'recording',
})

export default async function () {
  if (!canStream())
    exec.test.abort(
      'without k6/x/sse no token is seen arriving: run examples/xk6-sse/definitions.js',
    )
  const reply = await chat.stream({ prompt: 'Why is the sky blue?', max_tokens: 64 })
  console.log(JSON.stringify({ recording: reply.recording }))
}
