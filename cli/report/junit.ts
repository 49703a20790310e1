import {
  type Goal,
  type Locale,
  type Report,
  series,
  validityTexts,
  verdictText,
  WORDS,
} from '#node'

/**
 * The goals of a report as JUnit XML, as CI servers read it: a test suite with one test case for
 * each goal; one that was missed has a failure, one that was not measured is skipped. The validity
 * of the run is one more case, which fails where it is invalid, and how it ended another where that
 * was early. Of an interrupted run no goal is judged: all are skipped, and the run is an error.
 */
export function renderJunit(report: Report, locale: Locale): string {
  let failures = 0
  let skipped = 0
  let errors = 0
  const interrupted = report.verdict === 'interrupted'
  const cases = report.goals.map((goal) => {
    const { name, message } = describe(goal)
    const open = `    <testcase classname="${xml(goal.sla ?? 'thresholds')}" name="${xml(name)}"`
    if (interrupted) {
      skipped++
      return `${open}>\n      <skipped message="${xml(`not judged: ${message}`)}"/>\n    </testcase>`
    }
    if (!goal.ok) {
      failures++
      return `${open}>\n      <failure message="${xml(message)}" type="threshold"/>\n    </testcase>`
    }
    if (goal.absent === 'empty' || goal.doubt !== undefined) {
      skipped++
      return `${open}>\n      <skipped message="${xml(message)}"/>\n    </testcase>`
    }
    return `${open}/>`
  })
  const open = '    <testcase classname="run" name="the run is valid"'
  if (report.validity.state === 'invalid') {
    failures++
    const { text, fixes } = validityTexts(report.validity, WORDS[locale].validity)
    const why = [text, ...fixes].join('; ')
    cases.push(`${open}>\n      <failure message="${xml(why)}" type="validity"/>\n    </testcase>`)
  } else cases.push(`${open}/>`)
  const title = report.preview ? `${WORDS[locale].preview}: ${report.title}` : report.title
  if (report.stopped) {
    failures++
    const stopped = '    <testcase classname="run" name="the test could succeed"'
    const why = xml(verdictText(report, WORDS[locale]))
    cases.push(`${stopped}>\n      <failure message="${why}" type="stopped"/>\n    </testcase>`)
  } else if (report.ending) {
    if (interrupted) errors++
    else failures++
    const kind = interrupted ? 'error' : 'failure'
    const why = xml(verdictText(report, WORDS[locale]))
    cases.push(
      `    <testcase classname="run" name="the run came to its end">\n      <${kind} message="${why}" type="${report.ending.by}"/>\n    </testcase>`,
    )
  }
  const seconds = ((report.durationMs ?? 0) / 1000).toFixed(3)
  const counts = `tests="${cases.length}" failures="${failures}" skipped="${skipped}" errors="${errors}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts} time="${seconds}">`,
    `  <testsuite name="${xml(title)}" ${counts} time="${seconds}" timestamp="${report.generatedAt.slice(0, 19)}">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function describe({ metric, selector, threshold, value, absent }: Goal) {
  const name = `${series(metric, selector)} ${threshold}`
  const message = value === undefined ? `not measured (${absent})` : `measured ${value}`
  return { name, message: `${name}: ${message}` }
}

function xml(text: string) {
  return (
    text
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
      // XML 1.0 has no other control characters, not even escaped.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .replace(/\s/g, ' ')
  )
}
