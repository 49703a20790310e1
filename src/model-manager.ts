import type { ApiReply } from './chat/api-call.ts'
import type { ChatError } from './chat/result.ts'
import { record, type Tags, tagValue } from './metrics/recorder.ts'
import {
  createSwitcher,
  type ModelManagerOptions,
  type StatusResult,
  type SwitchResult,
} from './models/manager.ts'

export interface ModelManager {
  /** Longest time that a switch may take, ms. */
  readonly deadline: number
  /** The models that can be switched to. */
  list(): Promise<{ ok: boolean; models: string[]; error: ChatError | null }>
  /** Where the server is; records `llm_server_gpu_memory` where it says how much is in use. */
  status(): Promise<StatusResult>
  /** The gateway's profiles, as it sends them. */
  profiles(): Promise<ApiReply>
  /** The gateway's advice for its hardware, as it sends it. */
  recommendations(): Promise<ApiReply>
  /** Reads the profiles anew. The guide's gateway then goes back to its default model. */
  reload(): Promise<ApiReply>
  /** Switches, waits, and verifies that the new model answers; records the switch once. */
  switchTo(model: string): Promise<SwitchResult>
  /** Waits until no switch is under way, up to the deadline. */
  waitReady(): Promise<StatusResult>
  /**
   * Puts a model back, for `teardown`: waits for a switch in flight, then switches where another
   * model is in force. Records nothing. Needs a `teardownTimeout` of twice the deadline + 60 s.
   *
   * @returns the switch, `undefined` where there was nothing to put back
   */
  restore(model: string | null | undefined): Promise<SwitchResult | undefined>
}

/**
 * Manages the models of a server and measures what a switch costs.
 *
 * A switch is a success when the new model has answered a one-token request under its own name;
 * a status field alone is not believed. Models are state of the whole server: only one VU of a
 * test may switch.
 */
export function createModelManager(options: ModelManagerOptions = {}): ModelManager {
  const switcher = createSwitcher(options)

  async function switchTo(model: string): Promise<SwitchResult> {
    const result = await switcher.switchTo(model)
    if (result.already) return result
    const tags: Tags = Object.assign({}, options.tags, {
      from: tagValue(result.from || 'none'),
      to: tagValue(result.to),
      backend: result.backend,
    })
    const failedTags = result.reason ? Object.assign({ reason: result.reason }, tags) : tags
    record('llm_model_switch_failed', !result.ok, failedTags)
    if (!result.ok) return result
    record('llm_model_switch_duration', result.duration, tags)
    await recordFirstAnswers(result, tags)
    return result
  }

  /** The first answer of a model is cold, the one after it is warm. */
  async function recordFirstAnswers(result: SwitchResult, tags: Tags): Promise<void> {
    const warm = await switcher.ask(result.to, result.first?.model)
    const pairs = [
      ['cold', result.first],
      ['warm', warm],
    ] as const
    for (const [start, answer] of pairs) {
      if (!answer?.ok) continue
      const name = start === 'cold' ? 'llm_model_cold_ttft' : 'llm_model_warm_ttft'
      if (answer.timing.source === 'stream') record(name, answer.timing.ttft, tags)
      else {
        record(
          'llm_ttft_probe',
          answer.timing.duration,
          Object.assign({ start, phase: 'switch' }, tags),
        )
      }
    }
  }

  return {
    deadline: switcher.deadline,
    list: switcher.list,
    async status() {
      const seen = await switcher.status()
      record(
        'llm_server_gpu_memory',
        seen.gpuMemory,
        Object.assign({ backend: switcher.backend }, options.tags),
      )
      return seen
    },
    profiles: () => switcher.call('profiles'),
    recommendations: () => switcher.call('recommendations'),
    reload: () => switcher.call('reload'),
    switchTo,
    waitReady: switcher.waitReady,
    async restore(model) {
      if (!model) return undefined
      const seen = await switcher.waitReady()
      if (seen.current === model && seen.state === 'ready') return undefined
      return switcher.switchTo(model)
    },
  }
}
