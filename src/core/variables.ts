import { noneOf } from './suggest.ts'
import { type NumberBounds, wrongBoolean, wrongDuration, wrongNumber, wrongUrl } from './values.ts'

/** What is wrong with a value, in one line. */
type Check = (name: string, text: string) => string | undefined

const text: Check = () => undefined
const number =
  (bounds: NumberBounds): Check =>
  (name, value) =>
    wrongNumber(name, value, bounds)
const oneOf =
  (...known: string[]): Check =>
  (name, value) =>
    known.includes(value) ? undefined : noneOf(name, value, known)

/** `0s` turns it off. */
const duration: Check = (name, value) =>
  name === 'START_SPREAD' && /^0(s|ms|m)?$/.test(value) ? undefined : wrongDuration(name, value)

/**
 * The variables that the library and its tests read, with what their values must be: the table of
 * docs/configuration.md (a test compares the two). The command looks here before k6 starts.
 */
export const VARIABLES: { readonly [name: string]: Check } = {
  BASE_URL: wrongUrl,
  API_BASE_URL: wrongUrl,
  API_TOKEN: text,
  LLM_RELAY: wrongUrl,
  MODEL: text,
  TEST_EMAIL: text,
  TEST_PASSWORD: text,
  TEST_DURATION: duration,
  MAX_VUS: number({ min: 1, integer: true }),
  RESPONSE_TIME_P95: number({ min: 0 }),
  TTFT_THRESHOLD: number({ min: 0 }),
  ERROR_RATE_THRESHOLD: number({ min: 0, max: 1 }),
  ERROR_THRESHOLD: number({ min: 0, max: 1 }),
  MODEL_SWITCH_TIMEOUT: number({ min: 1 }),
  BACKEND: text,
  MODELS: text,
  ORDER: oneOf('random', 'round-robin'),
  SWITCH_AT: number({ min: 1 }),
  SWITCH_WINDOW: number({ min: 1 }),
  DELAYED: number({ min: 0 }),
  RATES: text,
  CONCURRENCY: text,
  STEP_DURATION: duration,
  STEP_WARMUP: duration,
  ANSWER_TIME: duration,
  PATIENCE: duration,
  ATTEMPTS: number({ min: 1, integer: true }),
  RETRY_BUDGET: number({ min: 0 }),
  FAST_URL: wrongUrl,
  NETWORK: text,
  AT_LEAST: number({}),
  MAX_TOKENS: number({ min: 1, integer: true }),
  STOP_ON_MISUSE: wrongBoolean,
  START_SPREAD: duration,
  LLM_PHASES: text,
  SWITCH_PAUSE: number({ min: 0 }),
  API: text,
  RATE: number({ min: 0.001 }),
  MODEL_A: text,
  MODEL_B: text,
  URL_A: wrongUrl,
  URL_B: wrongUrl,
  DATASET: text,
  THINK: number({ min: 0.001 }),
  TRACE: text,
  SPEED: number({ min: 0.001 }),
  LOCALE: oneOf('en', 'ko'),
  RESULTS_DIR: text,
  REPORT_FORMATS: text,
  BASELINE: text,
  SEED: number({ integer: true }),
}
