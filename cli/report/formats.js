import { CommandError } from '../command.js'
import { renderJunit } from './junit.js'

/** @import { Report } from '../../src/report.ts' */
/** @typedef {'text' | 'markdown' | 'html' | 'json' | 'junit'} Format */

/** @type {Record<string, Format>} */
const BY_ENDING = { md: 'markdown', html: 'html', json: 'json', xml: 'junit', txt: 'text' }

/** @param {string} file @returns {Format} */
export function formatOfFile(file) {
  const ending = /\.([^./\\]+)$/.exec(file)?.[1]?.toLowerCase() ?? ''
  const format = BY_ENDING[ending]
  if (format) return format
  const known = Object.keys(BY_ENDING).map((name) => `.${name}`)
  throw new CommandError(
    `--write ${file}: the ending tells the format; expected one of ${known.join(', ')}`,
    2,
  )
}

/**
 * @param {Report} report
 * @param {Format} format
 * @param {{ reports: typeof import('../../src/report.ts'), locale: 'en' | 'ko', color?: boolean, width?: number }} how
 */
export function render(report, format, { reports, locale, color = false, width }) {
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

/** @param {Report['goals'][number]} goal */
function describeGoal({ metric, selector, threshold, value, absent }) {
  const name = `${selector ? `${metric}{${selector}}` : metric} ${threshold}`
  const message = value === undefined ? `not measured (${absent})` : `measured ${value}`
  return { name, message: `${name}: ${message}` }
}
