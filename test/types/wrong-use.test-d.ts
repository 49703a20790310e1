import {
  createChatClient,
  createSummary,
  defineTest,
  extendSla,
  loadDataset,
  poissonArrivals,
  slaPresets,
  sweep,
  toThresholds,
  withWarmup,
} from 'k6-llm'

// What is wrong is said by the editor, before k6 runs.

// @ts-expect-error an API that there is not
createChatClient({ api: 'vllm' })
// @ts-expect-error a misspelt option
createChatClient({ modle: 'a' })
// @ts-expect-error a goal for a percentile is a number
extendSla(slaPresets.guideChat, { ttft: { p95: '2s' } })
// @ts-expect-error a limit that there is not
toThresholds({ tfft: { p95: 2000 } })
// @ts-expect-error 'report' or 'fail'
toThresholds(slaPresets.guideChat, { unmeasured: 'ignore' })
// @ts-expect-error a format that there is not
createSummary({ formats: ['docx'] })
// @ts-expect-error a test has a title
defineTest({ scenarios: {} })
// @ts-expect-error false or options of openSession
defineTest({ title: 'a', scenarios: {}, login: 'me' })
// @ts-expect-error nobody logged in: there is no session
defineTest({ title: 'a', scenarios: {}, login: false, setup: (session) => session.token })
// @ts-expect-error arrivals need a rate
poissonArrivals({ duration: '1m' })
// @ts-expect-error a step needs its length
sweep({ rates: [1, 2] })
// @ts-expect-error an order that there is not
loadDataset('rows.jsonl', open, { order: 'sorted' })
// @ts-expect-error a scenario has an executor
withWarmup({ vus: 1 }, { warmup: '10s' })

export async function answers(): Promise<void> {
  const chat = createChatClient({ model: 'a' })
  const reply = await chat.stream({ prompt: 'Hi', max_tokens: 7 }, { tags: { turn: '1' } })
  const measured: number | undefined = reply.timing.ttft
  // @ts-expect-error what was not measured is absent, not 0
  const always: number = reply.timing.ttft
  // @ts-expect-error an answer that is not awaited
  const text: string = chat.stream('Hi').text
  // @ts-expect-error tags are text
  await chat.stream('Hi', { tags: { turn: 1 } })
  // @ts-expect-error an answer may have failed
  console.log(reply.error.kind)
  if (reply.ok) {
    const none: null = reply.error
    console.log(none)
  } else console.log(reply.error.kind)
  if (reply.error !== null) {
    const kind: string = reply.error.kind
    // @ts-expect-error a kind that there is not
    if (reply.error.kind === 'oops') console.log(kind, measured, always, text)
  }
}
