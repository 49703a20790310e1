import type { ChatError } from '../chat/result.ts'
import { record, type Tags, tagValue } from '../metrics/recorder.ts'
import type { ApiReply } from './api-reply.ts'
import type { LoadResult, StatusResult, SwitchResult } from './switch-result.ts'
import { createSwitcher, type ModelManagerOptions } from './switcher.ts'

export interface ModelManager {
  readonly backend: string
  /** Longest time that a switch may take, ms. */
  readonly deadline: number
  /** For `options.teardownTimeout`: a switch in flight, the one back, and a minute. */
  readonly teardownTimeout: string
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
  /** Any further call that the backend has, by its name there. */
  call(name: string): Promise<ApiReply>
  /** Switches, waits, and verifies that the new model answers; records the switch once. */
  switchTo(model: string): Promise<SwitchResult>
  /** As `switchTo` beside what is in memory already; records nothing. */
  load(model: string): Promise<SwitchResult>
  /** Takes a model out of memory and looks whether it is gone. Records nothing. */
  unload(model: string): Promise<LoadResult>
  /** Downloads a model (`ollama`). Records nothing. */
  pull(model: string): Promise<LoadResult>
  /** Waits until no switch is under way, up to the deadline. */
  waitReady(): Promise<StatusResult>
  /**
   * Puts back what was, for `teardown`: waits for a switch in flight, unloads what was not in
   * memory, loads what was. Records nothing. Needs {@link teardownTimeout}.
   *
   * @param before what `status()` said in `setup`, or the name of one model
   * @returns the last switch, `undefined` where there was nothing to put back
   */
  restore(before: StatusResult | string | null | undefined): Promise<SwitchResult | undefined>
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
    const warm = await switcher.ask(result.to, result.askedAs)
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
    backend: switcher.backend,
    deadline: switcher.deadline,
    teardownTimeout: `${Math.ceil(switcher.deadline / 1000) * 2 + 60}s`,
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
    call: switcher.call,
    switchTo,
    load: switcher.load,
    unload: switcher.unload,
    pull: switcher.pull,
    waitReady: switcher.waitReady,
    restore: switcher.restore,
  }
}
