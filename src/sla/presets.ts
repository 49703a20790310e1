import { namesOf } from '../core/options.ts'
import {
  guideApi,
  guideChat,
  guideComplex,
  guideModelSwitch,
  guideStreaming,
  guideThroughput,
} from './presets/guide.ts'
import {
  mlperfLlama2,
  mlperfLlama2Interactive,
  mlperfLlama405b,
  mlperfLlama405bInteractive,
} from './presets/mlperf.ts'
import {
  agent,
  batch,
  codeCompletion,
  interactiveChat,
  rag,
  summarising,
} from './presets/use-cases.ts'

/**
 * SLAs as plain data: print them, spread them, change them by `extendSla`. docs/sla.md has them as
 * a table, with their sources and the reasoning.
 *
 * Times in milliseconds, shares from 0 to 1. `source` says where the numbers come from, and
 * `variables` which environment variable may change which limit: only the guide's have such.
 */
export const slaPresets = namesOf('slaPresets', {
  guideChat,
  guideComplex,
  guideStreaming,
  guideApi,
  guideModelSwitch,
  guideThroughput,
  mlperfLlama2,
  mlperfLlama2Interactive,
  mlperfLlama405b,
  mlperfLlama405bInteractive,
  interactiveChat,
  codeCompletion,
  rag,
  summarising,
  agent,
  batch,
})
