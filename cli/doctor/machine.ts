import { cpus } from 'node:os'
import { performance } from 'node:perf_hooks'
import { percentile, VALIDITY_LIMITS } from '#node'
import { fetchesExtensions, findK6, INSTALL, type K6 } from '../find-k6.ts'
import { messageOf } from '../write.ts'
import type { Finding } from './finding.ts'

interface FoundK6 {
  k6?: K6
  findings: Finding[]
}

/** Which k6 there is, and what it can see. */
export function lookAtK6(asked: string | undefined): FoundK6 {
  let k6: K6 | undefined
  try {
    k6 = findK6(asked)
  } catch (error) {
    return {
      findings: [
        {
          check: 'k6',
          level: 'warn',
          found: messageOf(error),
          todo: `install it: ${INSTALL.k6}`,
        },
      ],
    }
  }
  if (!k6) {
    return {
      findings: [
        {
          check: 'k6',
          level: 'warn',
          found: 'no k6 on PATH and no K6_BIN',
          means: 'scripts run in the preview engine, which is no benchmark',
          todo: `install it: ${INSTALL.k6}`,
        },
      ],
    }
  }
  const [major = 0, minor = 0] = k6.version.split('.').map(Number)
  const others = (k6.extensions ?? []).filter((line) => !line.includes('k6/x/sse'))
  const findings: Finding[] = [
    {
      check: 'k6',
      level: 'ok',
      found: `k6 ${k6.version} (${k6.path})${others.length > 0 ? `; also ${others.join('; ')}` : ''}`,
    },
    sse(k6),
  ]
  if (major === 0 && minor < 53) {
    findings.push({
      check: 'k6-age',
      level: 'note',
      found: `k6 ${k6.version} compiles modules by Babel`,
      means: 'it takes 10 s and 1 to 2 GB to start, reads ES2017 only, and has no web dashboard',
      todo: 'any k6 from 0.57 on starts at once',
    })
  }
  return { k6, findings }
}

/** The way that there is on every machine. */
export const THROUGH_RELAY: Finding = {
  check: 'tokens',
  level: 'ok',
  found: 'seen arriving through the relay, on any k6: k6-llm run starts it',
}

function sse({ streams, version: k6, extensions = [] }: K6): Finding {
  if (!streams) {
    return {
      check: 'k6-sse',
      level: 'note',
      found: fetchesExtensions(k6)
        ? 'k6/x/sse is not in it; where it is online it fetches it for scripts that import it'
        : 'k6/x/sse is not in it, and it fetches none (k6 1.2 or newer does)',
      means: 'scripts that import no k6/x/sse need none: the relay serves them',
    }
  }
  const line = extensions.find((one) => one.includes('k6/x/sse')) ?? ''
  const [, version = ''] = /\sv(\d+\.\d+\.\d+)/.exec(line) ?? []
  const [a = 0, b = 0, c = 0] = version.split('.').map(Number)
  const bounded = a > 0 || b > 1 || (b === 1 && c >= 11)
  if (version === '' || bounded) {
    return { check: 'k6-sse', level: 'ok', found: `k6/x/sse ${version}: tokens are seen arriving` }
  }
  return {
    check: 'k6-sse',
    level: 'warn',
    found: `k6/x/sse ${version} is older than 0.1.11`,
    means: 'it has no timeout: a stalled stream ends only with its scenario',
    todo: `k6-llm run --stream relay, or a newer extension: ${INSTALL.sse}`,
  }
}

/** In ms. */
interface Clock {
  /** by which it advances */
  step: number
  /** how late short sleeps ended */
  p50: number
  max: number
  finding: Finding
}

/** How late this machine wakes up, and how fine its clock is: the error that is in every time. */
export async function lookAtClock(wakings: number = 40): Promise<Clock> {
  const late: number[] = []
  for (let i = 0; i < wakings; i++) {
    const due = performance.now() + 5
    await new Promise((resolve) => setTimeout(resolve, 5))
    late.push(Math.max(0, performance.now() - due))
  }
  late.sort((a, b) => a - b)
  let step = Infinity
  for (let i = 0, before = performance.now(); i < 2000; i++) {
    const now = performance.now()
    if (now > before) step = Math.min(step, now - before)
    before = now
  }
  const p50 = percentile(late, 0.5)
  const max = percentile(late, 1)
  const busy = p50 > VALIDITY_LIMITS.lag.suspect
  const found =
    `clock steps of ${round(step * 1000)} µs; ${wakings} short sleeps woke up ${round(p50)} ms ` +
    `late (median), ${round(max)} ms (worst), on ${cpus().length} CPUs`
  return {
    step,
    p50,
    max,
    finding: busy
      ? {
          check: 'clock',
          level: 'warn',
          found,
          means: 'this machine is busy: its own delay would be in every figure',
          todo: 'end what else runs here; k6-llm calibrate tells how far off times are under load',
        }
      : { check: 'clock', level: 'ok', found },
  }
}

/** Variables that would send k6 another way than this command went. */
export function lookAtVariables(variables: NodeJS.ProcessEnv): Finding[] {
  const findings: Finding[] = []
  const proxy = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].filter(
    (name) => variables[name],
  )
  if (proxy.length > 0) {
    findings.push({
      check: 'proxy-variable',
      level: 'warn',
      found: `${proxy.join(', ')} is set`,
      means: 'k6 would send through that proxy; this command did not',
      todo: 'unset it, or add the host of the server to NO_PROXY',
    })
  }
  const { API_BASE_URL, BASE_URL } = variables
  if (API_BASE_URL && BASE_URL && API_BASE_URL !== BASE_URL) {
    findings.push({
      check: 'variables',
      level: 'warn',
      found: `API_BASE_URL=${API_BASE_URL} and BASE_URL=${BASE_URL} differ`,
      means: 'scripts use API_BASE_URL',
      todo: 'set one of them',
    })
  }
  return findings
}

function round(value: number): number {
  return Number(value.toPrecision(2))
}
