import { type Locale, type Report, renderHtml, renderJson, renderMarkdown, renderText } from '#node'
import { CommandError, EXIT } from '../command.ts'
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
    EXIT.wrongUse,
  )
}

export interface Style {
  locale: Locale
  /** of text */
  color?: boolean
}

export function render(report: Report, format: Format, { locale, color }: Style): string {
  switch (format) {
    case 'text':
      return renderText(report, { locale, color })
    case 'markdown':
      return renderMarkdown(report, { locale })
    case 'html':
      return renderHtml(report, { locale })
    case 'json':
      return renderJson(report)
    case 'junit':
      return renderJunit(report, locale)
  }
}
