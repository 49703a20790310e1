import type { Reply } from './reply.ts'

/** Of one request, in ms; undefined where the tool has none. */
export interface Figures {
  ttft?: number
  ttfo?: number
  /** the samples that the tool enters into its ITL */
  itl?: number[]
  tpot?: number
  e2e?: number
  tokens?: number
  /** the tool would have counted with a tokenizer here */
  tokenizer?: boolean
  /** how often the values count; default once */
  weights?: { itl: number; tpot: number }
}

/** What a row of the table is about. */
export type Subject = 'requests' | 'ttft' | 'ttfo' | 'itl' | 'tpot' | 'e2e' | 'tokens'

/** A tool, by its rules for one request. */
export interface Tool {
  name: string
  /** head of its column */
  column: string
  /** what its rule was read from */
  version: string
  /** undefined: the tool counts the request as failed */
  figures(reply: Reply): Figures | undefined
  /** why its figure differs from k6-llm's */
  why: Partial<Record<Subject, string>>
  /** said where a figure has `tokenizer` */
  tokenizer?: string
}
