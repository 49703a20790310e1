import { misnamed } from '../../core/errors.ts'
import type { Backend, BackendOptions } from '../backend.ts'
import { custom } from './custom.ts'
import { gateway } from './gateway.ts'
import { list } from './list.ts'
import { llamaSwap } from './llama-swap.ts'
import { llamacppRouter } from './llamacpp-router.ts'
import { ollama } from './ollama.ts'
import { sglang } from './sglang.ts'
import { tabbyapi } from './tabbyapi.ts'
import { vllmLora } from './vllm-lora.ts'
import { vllmSleep } from './vllm-sleep.ts'

// Functions that make a backend, not backends: what is not made costs a VU nothing.
const BACKENDS = {
  gateway,
  ollama,
  'vllm-lora': vllmLora,
  'llama-swap': llamaSwap,
  'vllm-sleep': vllmSleep,
  'llamacpp-router': llamacppRouter,
  tabbyapi,
  sglang,
  list,
  custom,
} as const satisfies { readonly [name: string]: (options: BackendOptions) => Backend }

export type BackendName = keyof typeof BACKENDS

/** The name of a backend as it is; ends the test where there is none of that name. */
export function checkBackend(name: string): BackendName {
  const names = Object.keys(BACKENDS)
  if (names.indexOf(name) === -1) {
    misnamed('backend', name, names)
  }
  return name as BackendName
}

/** The backend of a name; ends the test for a name that there is none of. */
export function backendOf(name: string, options: BackendOptions): Backend {
  return BACKENDS[checkBackend(name)](options)
}
