// What the programs of Node share with the library: nothing here imports a module of k6.

export { type ChatError, toResult } from './chat/result.ts'
export type {
  RelayControl,
  RelayDocument,
  RelayedCookie,
  RelayedOptions,
  RelayNotes,
} from './chat/transports/relay-protocol.ts'
export {
  CONTROL_HEADER,
  PATH as RELAY_PATH,
  PROTOCOL as RELAY_PROTOCOL,
  TARGET_HEADER,
} from './chat/transports/relay-protocol.ts'
export type { Api } from './stream/dialects/index.ts'
export { APIS } from './stream/dialects/index.ts'
export type { ErrorKind } from './stream/errors.ts'
export { interpretStream } from './stream/interpret.ts'
export type { Recording } from './stream/recording.ts'
export { createParser } from './stream/sse.ts'
