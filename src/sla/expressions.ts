/** A threshold of k6 in its parts: `p(95)<2000`. */
export interface ThresholdParts {
  /** As k6's summary names it: `rate`, `med`, `p(95)`. */
  statistic: string
  operator: string
  goal: number
}

const EXPRESSION =
  /^\s*(avg|min|max|med|count|rate|value|p\(\s*(\d+(?:\.\d+)?)\s*\))\s*(<=|>=|===|==|!=|<|>)\s*(\S+)\s*$/

/** Splits a threshold of k6; `undefined` for what k6 would not take. */
export function parseThreshold(expression: string): ThresholdParts | undefined {
  const [, name = '', rank, operator = '', goal] = EXPRESSION.exec(expression) ?? []
  if (operator === '') return undefined
  // k6 reads p(99.90) as the number, and names the column p(99.9).
  const statistic = rank === undefined ? name : `p(${Number(rank)})`
  return { statistic, operator, goal: Number(goal) }
}

/** Whether a value meets a threshold. */
export function passes(value: number, { operator, goal }: ThresholdParts): boolean {
  switch (operator) {
    case '<':
      return value < goal
    case '<=':
      return value <= goal
    case '>':
      return value > goal
    case '>=':
      return value >= goal
    case '!=':
      return value !== goal
    default:
      return value === goal
  }
}

/** The rank of a statistic that is a percentile: 95 of `p(95)`, 50 of `med`. */
export function rankOf(statistic: string): number | undefined {
  if (statistic === 'med') return 50
  const rank = /^p\((.+)\)$/.exec(statistic)
  return rank ? Number(rank[1]) : undefined
}

/** `llm_ttft{sla:chat}` from its parts. */
export function series(metric: string, selector: string): string {
  return selector === '' ? metric : `${metric}{${selector}}`
}

/** The parts of `llm_ttft{sla:chat}`. */
export function splitSeries(name: string): { metric: string; selector: string } {
  const brace = name.indexOf('{')
  return brace < 0
    ? { metric: name, selector: '' }
    : { metric: name.slice(0, brace), selector: name.slice(brace + 1, name.lastIndexOf('}')) }
}

/**
 * The tags that a sub-metric selects, from what stands between its braces: `model:a, "phase":b`.
 * k6 splits at each comma and takes the spaces and quotes around a part away.
 */
export function selectorTags(selector: string): { [tag: string]: string } {
  const tags: { [tag: string]: string } = {}
  for (const part of selector.split(',')) {
    if (part === '') continue
    const colon = part.indexOf(':')
    const [key, value] = colon < 0 ? [part, ''] : [part.slice(0, colon), part.slice(colon + 1)]
    tags[unquoted(key)] = unquoted(value)
  }
  return tags
}

const unquoted = (text: string) => text.trim().replace(/^["']+|["']+$/g, '')
