// talk

export type { ConnectResult } from './chat/connect.ts'
export type { EmbedResult } from './chat/embed.ts'
export type { Arrival, ChatParams, ServerOptions } from './chat/exchange.ts'
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
export { relayTransport } from './chat/transports/relay.ts'
export { type SseModule, sseTransport } from './chat/transports/sse.ts'
export { type ChatClient, type ChatClientOptions, createChatClient } from './client.ts'
export { type Conversation, type ConversationOptions, createConversation } from './conversation.ts'
// configure
export { env } from './core/env.ts'
export { randomIntBetween, randomItem, uuidv4 } from './core/random.ts'
// judge
export type { Slo } from './metrics/goodput.ts'
export { metricNames } from './metrics/names.ts'
export { createModelManager, type ModelManager } from './model-manager.ts'
export {
  type ModelSwitchOptions,
  modelSwitch,
  modelSwitchScenario,
  modelSwitchSetup,
  modelSwitchTeardown,
} from './model-switch.ts'
export type { ModelState } from './models/backend.ts'
export type { Endpoint, Endpoints, StatusEndpoint } from './models/backends/custom.ts'
export type { BackendName } from './models/backends/index.ts'
export type { ModelManagerOptions } from './models/manager.ts'
export type {
  LoadResult,
  StatusResult,
  SwitchReason,
  SwitchResult,
} from './models/switch-result.ts'
export { switchTour } from './models/tour.ts'
export type { Patience, Retry } from './persistence.ts'
// report
export { type Allowance, type BaselineOptions, baselineThresholds } from './report/baseline.ts'
export type { Certificate } from './report/certificate.ts'
export { createSummary, type SummaryOptions } from './report/summary.ts'
export type { SweepReport, SweepRow } from './report/sweep.ts'
export type { Validity, ValidityReason } from './report/validity.ts'
export { createServerMonitor, type ServerMonitorOptions } from './server-monitor.ts'
export type { ThresholdOptions } from './sla/options.ts'
export { perPair, perTag } from './sla/per-tag.ts'
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
// when, and whether to believe it
export {
  type Arrivals,
  constantArrivals,
  gammaArrivals,
  poissonArrivals,
  type RateOptions,
  type TraceOptions,
  traceArrivals,
} from './workload/arrivals.ts'
export type { DatasetRow } from './workload/dataset-rows.ts'
export { type Dataset, type DatasetOptions, loadDataset } from './workload/datasets.ts'
export type { Distribution } from './workload/distribution.ts'
export { clientLag, clientLagScenario, pause } from './workload/lag.ts'
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
export { burstStages, type Rate } from './workload/rate.ts'
export { type ScaleOptions, scaleProfile } from './workload/scale.ts'
export { type Sweep, type SweepOptions, type SweepStep, sweep } from './workload/sweep.ts'
export {
  type RequestShape,
  type SyntheticOptions,
  type SyntheticPrompt,
  type SyntheticPrompts,
  syntheticPrompts,
} from './workload/synthetic.ts'
export { type ValidityOptions, validityThresholds } from './workload/validity.ts'
export { type WarmupOptions, withWarmup } from './workload/warmup.ts'
