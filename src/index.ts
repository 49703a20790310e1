// talk

export type { EmbedResult } from './chat/embed.ts'
export type { ChatParams, ServerOptions } from './chat/exchange.ts'
export { type LoginOptions, type LoginResult, login } from './chat/login.ts'
export type { ChatError, ChatResult } from './chat/result.ts'
export {
  type AbortAfter,
  canStream,
  type HttpRequest,
  setDefaultTransport,
  type Transport,
} from './chat/transport.ts'
export { httpTransport } from './chat/transports/http.ts'
export { type SseModule, sseTransport } from './chat/transports/sse.ts'
export { type ChatClient, type ChatClientOptions, createChatClient } from './client.ts'
// configure
export { env } from './core/env.ts'
export { randomIntBetween, randomItem, uuidv4 } from './core/random.ts'
// judge
export type { Slo } from './metrics/goodput.ts'
export { metricNames } from './metrics/names.ts'
export { type Conversation, type ConversationOptions, createConversation } from './conversation.ts'
export { createModelManager, type ModelManager } from './model-manager.ts'
export type {
  ModelManagerOptions,
  StatusResult,
  SwitchReason,
  SwitchResult,
} from './models/manager.ts'
// report
export { createSummary, type SummaryOptions } from './report/summary.ts'
export { createServerMonitor, type ServerMonitorOptions } from './server-monitor.ts'
export type { ThresholdOptions } from './sla/options.ts'
export { slaPresets } from './sla/presets.ts'
export { extendSla, type Percentiles, type Sla, type SlaOverrides } from './sla/sla.ts'
export {
  errorKindThresholds,
  mergeThresholds,
  summaryTrendStats,
  type Threshold,
  type Thresholds,
  toThresholds,
} from './sla/thresholds.ts'
// read
export type { ChatMessage, ChatRequest } from './stream/dialect.ts'
export type { Api } from './stream/dialects/index.ts'
export type { ErrorKind } from './stream/errors.ts'
export { interpretStream, type StreamOutcome } from './stream/interpret.ts'
export type { Recording } from './stream/recording.ts'
export { parseEventStream, type StreamEvent } from './stream/sse.ts'
export type { Timing } from './stream/timing.ts'
export {
  profiles,
  type Scenario,
  type ScenarioGroup,
  type Stage,
  thinkTime,
} from './workload/profiles.ts'
// what, and when
export {
  type PickedPrompt,
  type PromptOptions,
  pickPrompt,
  promptSets,
} from './workload/prompts.ts'
export { type ScaleOptions, scaleProfile } from './workload/scale.ts'
