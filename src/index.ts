// A whole test.
export { type DefinedTest, defineTest, type TestOptions } from './client/define-test.ts'

// Talk to a service.
export type { ConnectResult } from './chat/connect.ts'
export type { EmbedResult } from './chat/embed.ts'
export type { Arrival, ChatParams, ServerOptions } from './chat/exchange.ts'
export { type LoginOptions, type LoginResult, login } from './chat/login.ts'
export type { ChatError, ChatResult } from './chat/result.ts'
export { canStream, setDefaultTransport } from './chat/default-transport.ts'
export type { AbortAfter, HttpRequest, Transport } from './chat/transports/transport.ts'
export { httpTransport } from './chat/transports/http.ts'
export { relayTransport } from './chat/transports/relay.ts'
export { type SseModule, sseTransport } from './chat/transports/sse.ts'
export { type ChatClient, type ChatClientOptions, createChatClient } from './client/chat-client.ts'
export {
  type Conversation,
  type ConversationOptions,
  createConversation,
} from './client/conversation.ts'
export type { Patience, Retry } from './client/persistence.ts'
export { openSession, type Session, type SessionOptions } from './client/session.ts'
export type { ChatMessage, ChatRequest } from './stream/dialect.ts'
export type { Api } from './stream/dialects/index.ts'
export type { ErrorKind } from './stream/errors.ts'

// Switch its models.
export type { ModelState } from './models/backend.ts'
export type { Endpoint, Endpoints, StatusEndpoint } from './models/backends/custom.ts'
export type { BackendName } from './models/backends/index.ts'
export { createModelManager, type ModelManager } from './models/manager.ts'
export type {
  LoadResult,
  StatusResult,
  SwitchReason,
  SwitchResult,
} from './models/switch-result.ts'
export type { ModelManagerOptions } from './models/switcher.ts'
export {
  type ModelSwitchOptions,
  modelSwitch,
  modelSwitchScenario,
  modelSwitchSetup,
  modelSwitchTeardown,
} from './workload/model-switches.ts'
export { switchTour } from './workload/switch-tour.ts'

// When to send.
export {
  type Arrivals,
  constantArrivals,
  gammaArrivals,
  poissonArrivals,
  type RateOptions,
  type TraceOptions,
  traceArrivals,
} from './workload/arrivals.ts'
export { pause } from './workload/lag.ts'
export {
  profiles,
  type Scenario,
  type ScenarioGroup,
  type Stage,
  thinkTime,
} from './workload/profiles.ts'
export { burstStages, type Rate } from './workload/rate.ts'
export { type ScaleOptions, scaleProfile } from './workload/scale.ts'
export { type Sweep, type SweepOptions, type SweepStep, sweep } from './workload/sweep.ts'
export { type WarmupOptions, withWarmup } from './workload/warmup.ts'

// What to send.
export { randomIntBetween, randomItem, uuidv4 } from './core/random.ts'
export type { DatasetRow } from './workload/dataset-rows.ts'
export { type Dataset, type DatasetOptions, loadDataset } from './workload/datasets.ts'
export type { Distribution } from './workload/distribution.ts'
export {
  type PickedPrompt,
  type PromptOptions,
  pickPrompt,
  promptSets,
} from './workload/prompts.ts'
export {
  type RequestShape,
  type SyntheticOptions,
  type SyntheticPrompt,
  type SyntheticPrompts,
  syntheticPrompts,
} from './workload/synthetic.ts'

// Judge the run, and whether to believe it.
export type { Slo } from './metrics/goodput.ts'
export { type Allowance, type BaselineOptions, baselineThresholds } from './report/baseline.ts'
export type { Certificate } from './report/certificate.ts'
export type { Validity, ValidityReason } from './report/validity.ts'
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
export { clientLag, clientLagScenario } from './workload/lag.ts'
export { type ValidityOptions, validityThresholds } from './workload/validity.ts'

// Report and configure.
export { env } from './core/env.ts'
export { metricNames } from './metrics/names.ts'
export { createServerMonitor, type ServerMonitorOptions } from './metrics/server-monitor.ts'
export { createSummary, type SummaryOptions } from './report/summary.ts'
export type { SweepReport, SweepRow } from './report/sweep.ts'

// Read a stream.
export { interpretStream, type StreamOutcome } from './stream/interpret.ts'
export type { Recording } from './stream/recording.ts'
export { parseEventStream, type StreamEvent } from './stream/sse.ts'
export type { Timing } from './stream/timing.ts'
