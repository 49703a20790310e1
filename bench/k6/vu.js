// What a VU costs that loads the library, makes a client and, with SEND, receives one answer.
import { createChatClient } from '../../dist/index.js'
import { atRest } from './at-rest.js'

export { options, setup } from './at-rest.js'

const chat = createChatClient({ baseUrl: __ENV.URL })

export default async function () {
  if (__ENV.SEND === 'yes') {
    const reply = await chat.stream({ prompt: 'Hello', max_tokens: 50 })
    if (!reply.ok) throw new Error(reply.error.message)
  }
  atRest()
}

if (__VU > 0) console.log('bench-vu')
