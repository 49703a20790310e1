import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'

type Schema = { [key: string]: unknown }

const file = new URL('../../docs/report-schema.json', import.meta.url)

/** Readers may meet fields of later versions; our own reports have none that are not documented. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (schema === null || typeof schema !== 'object') return schema
  const entries = Object.entries(schema as Schema).map(([key, value]) => [key, closed(value)])
  const copy = Object.fromEntries(entries) as Schema
  if (copy.type === 'object' && copy.properties && !('additionalProperties' in copy)) {
    copy.additionalProperties = false
  }
  return copy
}

const validate = new Ajv2020({ allErrors: true, strict: true }).compile(
  closed(JSON.parse(readFileSync(file, 'utf8'))) as Schema,
)

/** What of a report does not fit docs/report-schema.json; empty where all does. */
export function schemaErrors(report: unknown): string[] {
  if (validate(JSON.parse(JSON.stringify(report)))) return []
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  )
}
