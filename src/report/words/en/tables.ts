export const switches = {
  title: 'Model switches',
  counts: '{total} switches, {failed} failed, {rate} in a minute',
  cold: 'first answer after a switch {cold}, the next {warm}: {ratio} times as long',
  estimate: 'whole one-token requests: stock k6 does not see tokens arrive',
  fromTo: 'from → to',
  failed: 'failed',
}

/** The steps of a sweep: headings, then the answer. */
export const sweep = {
  title: 'Sweep',
  step: 'step',
  requests: 'requests',
  done: 'done',
  answer: 'answer p50',
  failed: 'failed',
  dropped: 'dropped',
  highest: 'Highest step that meets the SLA: {load}.',
  none: 'No step meets the SLA.',
  unknown: 'No step is known to meet the SLA: not all of it was measured.',
  above: '{list} meets it too, but {lower} below does not, or is not known to: not counted.',
  stopped: 'Stopped at {step}, which is saturated: {why}.',
  rest: 'The steps after it were not run.',
  half: 'half of the requests over the limit ({label})',
  halfFailed: 'half of the requests failed',
  fifthDropped: 'a fifth of the requests were dropped',
  rate: '{n} requests/s',
  users: '{n} users',
}

export const sideBySide = 'Side by side, by {tag}'
