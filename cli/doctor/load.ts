import type { Finding } from './finding.ts'
import type { Send } from './request.ts'

/** Whether others use the server at the same time: vLLM's metrics tell. */
export async function lookAtLoad(send: Send, findings: Finding[]): Promise<void> {
  const { status, body } = await send('/metrics')
  if (status !== 200 || !/^vllm:num_requests_running/m.test(body)) return
  const running = sumOf('num_requests_running', body)
  const waiting = sumOf('num_requests_waiting', body)
  if (running + waiting === 0) {
    findings.push({ check: 'load', level: 'ok', found: 'nobody else uses the server now' })
    return
  }
  findings.push({
    check: 'load',
    level: 'warn',
    found: `the server is at work for others: ${running} running, ${waiting} waiting`,
    means: 'their load is in every figure',
    todo: 'test when it is idle, or say so in the report',
  })
}

/** Of all models that the server has. */
function sumOf(name: string, metrics: string): number {
  const lines = metrics.matchAll(new RegExp(`^vllm:${name}(?:\\{[^}]*\\})? ([\\d.e+-]+)`, 'gm'))
  return [...lines].reduce((all, [, value]) => all + Number(value), 0)
}
