// Users that begin together, as the arguments of k6 say.
import { createChatClient, createSummary } from '../../../dist/index.js'

const chat = createChatClient({ model: 'sim-7b' })

export default async function () {
  await chat.stream({ prompt: 'Hello', max_tokens: 2 })
}

export const handleSummary = createSummary({ file: __ENV.REPORT })
