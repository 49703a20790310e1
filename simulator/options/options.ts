import type { FlavorName, SwitchFault } from './names.ts'

/** All options of a simulator; durations in ms unless they say otherwise. */
export interface SimulatorOptions {
  /** default `gateway` */
  flavor: FlavorName
  /** address to listen on, default `127.0.0.1` */
  host: string
  /** default 0: a free one from the system */
  port: number
  /** bits per second of each connection and direction, default Infinity */
  bandwidth: number
  /** ms of a round trip that the network adds, default 0 */
  latency: number
  /** fraction around the latency, default 0 */
  jitter: number
  /** ms from the full receipt of a request to its first token, default 300 */
  ttft: number
  /** ms between two tokens, default 20 */
  itl: number
  /** each ttft and gap is drawn evenly from ± this fraction, default 0 */
  spread: number
  /** that run together; default 0: each has the machine to itself */
  maxNumSeqs: number
  /** ms of a step of the batch, default 10 */
  stepBase: number
  /** ms that each running sequence adds to a step, default 0.5 */
  stepPerSeq: number
  /** prompt tokens that are read in a second, default 20,000 */
  prefillRate: number
  /** that the KV cache holds, default 200,000 */
  kvCacheTokens: number
  /** of all that is random, default 1 */
  seed: number
  /** in an answer, default 200 */
  tokens: number
  /** after the first, which has one; default 1 */
  tokensPerEvent: number
  /** tokens before those of the answer itself, default 0 */
  reasoning: number
  /** of vLLM, default `reasoning` */
  reasoningField: 'reasoning' | 'reasoning_content'
  /** when response headers leave; default: as the server's */
  headers: 'early' | 'first-token'
  /** ms of silence before a keep-alive; default: the server's; 0: none */
  pingInterval: number
  /** default: true on the gateway, elsewhere only with an apiKey */
  requireAuth: boolean
  /** accepted as a Bearer token, or where the server has it */
  apiKey: string | undefined
  /** seconds that a token from the login is good for, default 1800 */
  tokenTtl: number
  /** `name:password`, default `test:test123` */
  user: string
  /** shape that the login accepts, default `both` */
  login: 'email' | 'username' | 'both'
  /** of all but the gateway, the first by default; default `sim-7b` */
  models: string[]
  /** of the gateway, the first runs at the start */
  profiles: string[]
  /** an unknown model gives HTTP 200, as the guide's gateway does */
  upstream404As200: boolean
  /** ms that a model takes to load, default 800 */
  loadTime: number
  /** the same for some models */
  loadTimeFor: Record<string, number>
  /** GB of memory for models, default 24; not of the gateway */
  vram: number
  /** GB that a model takes, default 14 */
  modelVram: number
  /** the same for some models */
  vramFor: Record<string, number>
  /** fraction around loadTime, default 0 */
  loadSpread: number
  /** ms that the first answer after a load comes later, default 400 */
  coldTtft: number
  /** what happens to chats, default `503` */
  duringSwitch: '503' | 'wait' | 'old'
  /** for each switch, default `none` */
  switchFault: SwitchFault
  /** profiles by fault, default none */
  switchFaultFor: Partial<Record<SwitchFault, string[]>>
  /** 409 at once instead of a load that fails, default false */
  refuseIncompatible: boolean
  /** default false: reload goes back to the first profile */
  reloadKeepsCurrent: boolean
  /** rate by name of the fault, on chat endpoints */
  fault: Record<string, number>
}
