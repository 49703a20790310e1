import * as kinds from './kinds.ts'
import { flavorNames, profileNames, switchFaults } from './names.ts'
import type { SimulatorOptions } from './options.ts'
import { faultRates, faultsOfProfiles, numbersOfModels } from './pairs.ts'

/** One option, for the command line, for createSimulator and for POST /__sim/config. */
export interface OptionRow<Value = unknown> {
  /** without its value */
  flag: string
  kind: kinds.Kind<Value>
  /** absent: it follows from the flavor and the other options */
  default?: Value
  help: string
  /** cannot change while the simulator runs */
  fixed?: boolean
}

type OptionTable = { [Name in keyof SimulatorOptions]: OptionRow<SimulatorOptions[Name]> }

/** Every option, once. */
export const optionTable: OptionTable = {
  flavor: {
    flag: '--flavor',
    kind: kinds.oneOf(flavorNames),
    default: 'gateway',
    help: "the server to speak as: the guide's gateway with its vLLM behind it, or another",
    fixed: true,
  },
  host: {
    flag: '--host',
    kind: kinds.text,
    default: '127.0.0.1',
    help: 'address to listen on',
    fixed: true,
  },
  port: {
    flag: '--port',
    kind: kinds.portNumber,
    default: 0,
    help: 'port to listen on; 0 takes a free one',
    fixed: true,
  },
  bandwidth: {
    flag: '--bandwidth',
    kind: kinds.bandwidth,
    default: Infinity,
    help: 'of each connection, each way, by a slow network in front; default: none',
    fixed: true,
  },
  latency: {
    flag: '--latency',
    kind: kinds.milliseconds,
    default: 0,
    help: 'of a round trip that the network in front adds',
    fixed: true,
  },
  jitter: {
    flag: '--jitter',
    kind: kinds.fraction,
    default: 0,
    help: 'draw the latency of each packet evenly from ± this fraction',
    fixed: true,
  },
  ttft: {
    flag: '--ttft',
    kind: kinds.milliseconds,
    default: 300,
    help: 'from the full receipt of a request to its first token',
  },
  itl: { flag: '--itl', kind: kinds.milliseconds, default: 20, help: 'between two tokens' },
  spread: {
    flag: '--spread',
    kind: kinds.fraction,
    default: 0,
    help: 'draw each ttft and gap evenly from ± this fraction',
  },
  maxNumSeqs: {
    flag: '--max-num-seqs',
    kind: kinds.wholeNumber,
    default: 0,
    help: 'sequences that run together, the others wait; 0: each has the machine to itself',
  },
  stepBase: {
    flag: '--step-base',
    kind: kinds.milliseconds,
    default: 10,
    help: 'of a step, with --max-num-seqs (which has no use for --ttft and --itl)',
  },
  stepPerSeq: {
    flag: '--step-per-seq',
    kind: kinds.milliseconds,
    default: 0.5,
    help: 'that each running sequence adds to a step',
  },
  prefillRate: {
    flag: '--prefill-rate',
    kind: kinds.perSecond,
    default: 20_000,
    help: 'prompt tokens that are read in a second',
  },
  kvCacheTokens: {
    flag: '--kv-cache-tokens',
    kind: kinds.count,
    // About a 7B model's cache on 24 GB.
    default: 200_000,
    help: 'that the KV cache holds, of prompts and answers',
  },
  seed: { flag: '--seed', kind: kinds.wholeNumber, default: 1, help: 'of all that is random' },
  tokens: {
    flag: '--tokens',
    kind: kinds.count,
    default: 200,
    help: "in an answer, unless the request's max_tokens is smaller",
  },
  tokensPerEvent: {
    flag: '--tokens-per-event',
    kind: kinds.count,
    default: 1,
    help: "as vLLM's --stream-interval: the first event has one token, the others so many",
  },
  reasoning: {
    flag: '--reasoning',
    kind: kinds.wholeNumber,
    default: 0,
    help: 'tokens that a chat reasons before its answer, unless the request turns it off',
  },
  reasoningField: {
    flag: '--reasoning-field',
    kind: kinds.oneOf(['reasoning', 'reasoning_content']),
    default: 'reasoning',
    help: 'of vllm: the newer name or the one up to 0.11',
  },
  headers: {
    flag: '--headers',
    kind: kinds.oneOf(['early', 'first-token']),
    help: "response headers leave at once, or with the first event; default: as the flavor's server",
  },
  pingInterval: {
    flag: '--ping-interval',
    kind: kinds.milliseconds,
    help: "of keep-alives, where the server has them; 0: none; default: the server's",
  },
  requireAuth: {
    flag: '--require-auth',
    kind: kinds.yesOrNo,
    help: 'default: on the gateway, and elsewhere with --api-key',
  },
  apiKey: {
    flag: '--api-key',
    kind: kinds.text,
    help: 'accepted as a Bearer token, or as x-api-key where the server takes that',
    fixed: true,
  },
  tokenTtl: {
    flag: '--token-ttl',
    kind: kinds.seconds,
    default: 1800,
    help: 'that a token from the login is good for',
  },
  user: {
    flag: '--user',
    kind: kinds.user,
    default: 'test:test123',
    help: 'who may log in; the email is NAME@example.com',
    fixed: true,
  },
  login: {
    flag: '--login',
    kind: kinds.oneOf(['email', 'username', 'both']),
    default: 'both',
    help: 'shape: {email, password}, {username, password in base64}, or both',
  },
  models: {
    flag: '--models',
    kind: kinds.names,
    default: ['sim-7b'],
    help: 'names that all but the gateway serve; the first answers when none is named',
    fixed: true,
  },
  profiles: {
    flag: '--profiles',
    kind: kinds.names,
    default: [...profileNames],
    help: 'models of the gateway; the first one runs at the start',
    fixed: true,
  },
  upstream404As200: {
    flag: '--upstream-404-as-200',
    kind: kinds.yesOrNo,
    default: false,
    help: "an unknown model gives HTTP 200, as the guide's gateway does",
  },
  loadTime: {
    flag: '--load-time',
    kind: kinds.milliseconds,
    default: 800,
    help: 'that a model takes to load',
  },
  loadTimeFor: {
    flag: '--load-time-for',
    kind: numbersOfModels,
    default: {},
    help: 'the same for some models',
  },
  vram: {
    flag: '--vram',
    kind: kinds.gigabytes,
    default: 24,
    help: 'GB of memory for models, of all but the gateway; one too many evicts the oldest',
  },
  modelVram: {
    flag: '--model-vram',
    kind: kinds.gigabytes,
    default: 14,
    help: 'GB that a model takes',
  },
  vramFor: {
    flag: '--vram-for',
    kind: numbersOfModels,
    default: {},
    help: 'the same for some models',
  },
  loadSpread: {
    flag: '--load-spread',
    kind: kinds.fraction,
    default: 0,
    help: 'draw each load time evenly from ± this fraction',
  },
  coldTtft: {
    flag: '--cold-ttft',
    kind: kinds.milliseconds,
    default: 400,
    help: 'that the first answer after a load comes later',
  },
  duringSwitch: {
    flag: '--during-switch',
    kind: kinds.oneOf(['503', 'wait', 'old']),
    default: '503',
    help: 'chats are refused, held until the model is loaded, or answered by the old model',
  },
  switchFault: {
    flag: '--switch-fault',
    kind: kinds.oneOf(switchFaults),
    default: 'none',
    help: 'what happens to each model switch',
  },
  switchFaultFor: {
    flag: '--switch-fault-for',
    kind: faultsOfProfiles(switchFaults),
    default: {},
    help: 'the same for switches to some profiles',
  },
  refuseIncompatible: {
    flag: '--refuse-incompatible',
    kind: kinds.yesOrNo,
    default: false,
    help: 'a profile too big for the hardware gives 409 instead of a load that fails',
  },
  reloadKeepsCurrent: {
    flag: '--reload-keeps-current',
    kind: kinds.yesOrNo,
    default: false,
    help: 'reload leaves the model that runs; the real gateway goes back to its default',
  },
  fault: {
    flag: '--fault',
    kind: faultRates,
    default: {},
    help: 'share of the chats that get a fault',
  },
}

export function isOptionName(name: string): name is keyof SimulatorOptions {
  return Object.hasOwn(optionTable, name)
}

export const optionNames = Object.keys(optionTable).filter(isOptionName)
