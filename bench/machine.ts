import { readFileSync } from 'node:fs'
import os from 'node:os'
import type { K6 } from '../cli/find-k6.ts'
import { ownCpu } from './processes.ts'

/** Where a run was made, in a line. */
export function machine(k6s: K6[]) {
  const cpus = os.cpus()
  const names = k6s.map(({ name, version, streams }) => {
    const sse = streams ? ' with k6/x/sse' : ''
    return `${name} (${version}${sse})`
  })
  return [
    `${cpus.length} cores, ${cpus[0]?.model.trim()}, ${Math.round(os.totalmem() / 2 ** 30)} GB`,
    `${distribution()}, Node ${process.versions.node}`,
    `k6: ${names.join(', ')}`,
  ]
}

function distribution() {
  try {
    const text = readFileSync('/etc/os-release', 'utf8')
    return `${/^PRETTY_NAME="?([^"\n]+)/m.exec(text)?.[1] ?? os.type()} ${os.arch()}`
  } catch {
    return `${os.type()} ${os.arch()}`
  }
}

/**
 * Watches how much of the machine others take: what is busy in /proc/stat, less this process and
 * the children that ended.
 *
 * @returns share of all cores since the call
 */
export function watchOthers(): () => number {
  const start = { own: ownCpu(), ...busy() }
  return () => {
    const end = { own: ownCpu(), ...busy() }
    return Math.max(0, end.busy - start.busy - (end.own - start.own)) / (end.all - start.all)
  }
}

/** CPU time of all cores since boot, in ms. */
function busy() {
  const fields = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/\s+/).slice(1, 9)
  const ms = (fields ?? []).map((field) => Number(field) * 10)
  const [, , , idle = 0, waiting = 0] = ms
  const all = ms.reduce((sum, value) => sum + value, 0)
  return { all, busy: all - idle - waiting }
}
