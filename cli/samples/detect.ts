/** What a file is, by its beginning. `document`: one JSON value over several lines. */
export type Format = 'json' | 'csv' | 'document' | 'empty' | 'unknown'

/** @param line its first line that is not blank */
export function formatOf(line: string): Format {
  const text = line.replace(/^\uFEFF/, '').trim()
  if (text === '') return 'empty'
  if (text.startsWith('metric_name,timestamp,metric_value')) return 'csv'
  if (/^\{"(?:metric|type)":"/.test(text)) return 'json'
  if (text.startsWith('{')) {
    try {
      const { type } = JSON.parse(text)
      if (type === 'Metric' || type === 'Point') return 'json'
    } catch {
      // A line of a longer document, or no JSON at all.
    }
    return 'document'
  }
  return text.startsWith('[') ? 'document' : 'unknown'
}

/**
 * What to say of a file that is none of the formats.
 *
 * @param head its first bytes
 */
export function guess(head: Buffer) {
  const text = head.toString('latin1')
  if (head[0] === 0xff || head[0] === 0xfe) return 'UTF-16 text (PowerShell writes it for >)'
  if (text.startsWith('PK')) return 'a zip archive'
  if (/^\s*<(!doctype|html)/i.test(text)) return 'an HTML page'
  if (text.startsWith('\x28\xb5\x2f\xfd')) return 'compressed by zstd'
  if (/^\s*(\{"level"|time="|.*\/\\\s|.*Grafana)/.test(text)) return "k6's log or terminal output"
  return head.includes(0) ? 'binary data' : 'text of another kind'
}
