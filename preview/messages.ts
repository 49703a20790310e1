// What main, the I/O thread and the threads that run the script say to one another. What a script
// asks of the network is in calls.ts.
import type { MessagePort } from 'node:worker_threads'
import type { Options } from './options.ts'

/** What a thread runs of the script. */
export type Role = 'init' | 'setup' | 'vu' | 'teardown' | 'summary'

export type Tags = Record<string, string>

export type Level = 'debug' | 'info' | 'warning' | 'error'

/** What a metric is made as. */
export interface MetricKind {
  type: 'counter' | 'gauge' | 'rate' | 'trend'
  contains: 'default' | 'time' | 'data'
}

/** A SharedArray: its elements as JSON, one after the other, and where each ends. */
export interface SharedElements {
  bytes: SharedArrayBuffer
  /** of 8-byte floats */
  ends: SharedArrayBuffer
}

/** What main gives a thread that runs the script. */
export interface VuData {
  role: Role
  /** 0 but for real VUs */
  id: number
  /** file URL of the bundled script */
  bundle: string
  /** the script's: `open` is relative to it */
  directory: string
  env: Record<string, string>
  /** see board.ts */
  board: SharedArrayBuffer
  /** wakes the VU when a message has come */
  signal: SharedArrayBuffer
  /** to the I/O thread */
  port: MessagePort
  /** the consolidated options; null in the first init */
  options: Options | null
  shared: Map<string, SharedElements>
}

/** One run of a function of the script. */
export interface Iteration {
  scenario: string
  executor: string
  /** of the scenario on the board */
  index: number
  /** of the scenario, ms since the epoch */
  startTime: number
  /** of the scenario in ms; 0 where iterations are its measure */
  duration: number
  /** iterations; 0 where time is its measure */
  total: number
  /** this VU's iterations in the scenario so far */
  inScenario: number
  /** the scenario's iterations before this one */
  inTest: number
  /** this VU's iterations so far */
  inVu: number
}

/** Main to a VU: run an exported function. */
export interface Run {
  fn: string
  /** as JSON */
  args: (string | undefined)[]
  tags: Tags
  /** the scenario's variables */
  env?: Record<string, string>
  /** the path of the group that it runs in */
  group?: string
  iteration?: Iteration
  /** its result goes over as it is, not as JSON */
  raw?: boolean
}

/** What came of it. */
export interface Outcome {
  /** JSON, unless it was asked for raw */
  result?: unknown
  error?: string
  /** the thread was ended meanwhile */
  interrupted?: boolean
}

/** What main learns from the first run of the init code. */
export interface Found {
  /** names of exported functions */
  functions: string[]
  /** JSON */
  options: string | undefined
  metrics: [name: string, kind: MetricKind][]
  arrays: [name: string, elements: SharedElements][]
}

export type Sample = [
  metric: string,
  value: number,
  /** ms since the start */ time: number,
  tags: Tags,
]

export interface LogLine {
  kind: 'log'
  level: Level
  text: string
  fields?: Record<string, string>
}

/** A VU to main while it runs. */
export type Report =
  | LogLine
  | { kind: 'samples'; batch: Sample[] }
  /** `exec.test.fail` */
  | { kind: 'fail'; text: string }
  /** `exec.test.abort` */
  | { kind: 'abort'; text: string }

/** A VU to main. */
export type FromVu =
  | Report
  | { kind: 'ready'; found: Found | undefined }
  /** the script does not load */
  | { kind: 'broken'; error: string }
  | ({ kind: 'done' } & Outcome)

/** Main to the I/O thread. */
export type ToIo =
  | { kind: 'attach'; key: number; port: MessagePort; signal: SharedArrayBuffer }
  | { kind: 'detach'; key: number }
