import type { Report } from '#node'
import { CommandError } from '../command.ts'
import { renderJunit } from './junit.ts'

export type Format = 'text' | 'markdown' | 'html' | 'json' | 'junit'

const BY_ENDING: Record<string, Format> = {
  md: 'markdown',
  html: 'html',
  json: 'json',
  xml: 'junit',
  txt: 'text',
}

export function formatOfFile(file: string): Format {
  const ending = /\.([^./\\]+)$/.exec(file)?.[1]?.toLowerCase() ?? ''
  const format = BY_ENDING[ending]
  if (format) return format
  const known = Object.keys(BY_ENDING).map((name) => `.${name}`)
  throw new CommandError(
    `--write ${file}: the ending tells the format; expected one of ${known.join(', ')}`,
    2,
  )
}

export function render(
  report: Report,
  format: Format,
  {
    reports,
    locale,
    color = false,
    width,
  }: {
    reports: typeof import('../../src/node.ts')
    locale: 'en' | 'ko'
    color?: boolean
    width?: number
  },
) {
  switch (format) {
    case 'text':
      return reports.renderText(report, { locale, color, ...(width && { width }) })
    case 'markdown':
      return reports.renderMarkdown(report, { locale })
    case 'html':
      return reports.renderHtml(report, { locale })
    case 'json':
      return reports.renderJson(report)
    case 'junit':
      return renderJunit(report, describeGoal)
  }
}

function describeGoal({ metric, selector, threshold, value, absent }: Report['goals'][number]) {
  const name = `${selector ? `${metric}{${selector}}` : metric} ${threshold}`
  const message = value === undefined ? `not measured (${absent})` : `measured ${value}`
  return { name, message: `${name}: ${message}` }
}
