/**
 * The tags that a sub-metric selects, from what stands between its braces: `model:a, "phase":b`.
 * k6 splits at each comma and takes the spaces and quotes around a part away.
 */
export function selectorTags(selector: string): Record<string, string> {
  const tags: Record<string, string> = {}
  for (const part of selector.split(',')) {
    if (part === '') continue
    const colon = part.indexOf(':')
    const [key, value] = colon < 0 ? [part, ''] : [part.slice(0, colon), part.slice(colon + 1)]
    tags[trimmed(key)] = trimmed(value)
  }
  return tags
}

const trimmed = (text: string) => text.trim().replace(/^["']+|["']+$/g, '')

/** `llm_ttft{sla:chat}` in its parts. */
export function splitName(name: string) {
  const brace = name.indexOf('{')
  return brace < 0
    ? { metric: name, selector: '' }
    : { metric: name.slice(0, brace), selector: name.slice(brace + 1, name.lastIndexOf('}')) }
}

/** Whether a sample with these tags belongs to the sub-metric. */
export function selects(
  tags: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
) {
  for (const key of Object.keys(wanted)) if (tags[key] !== wanted[key]) return false
  return true
}
