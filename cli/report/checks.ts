import type { Samples } from '../samples/samples.ts'

interface Check {
  name: string
  passes: number
  fails: number
}

export interface Group {
  name: string
  checks: Check[]
  groups: Group[]
}

/** The checks in the shape of k6's groups. */
export function checksOf(samples: Samples): Group {
  const groups = new Map<string, Group>()
  for (const { tags, runs } of samples.metrics.get('checks')?.series() ?? []) {
    const path = (tags.group ?? '')
      .split('::')
      .filter((part) => part !== '')
      .join(' / ')
    let group = groups.get(path)
    if (!group) {
      group = { name: path, checks: [], groups: [] }
      groups.set(path, group)
    }
    let check = group.checks.find(({ name }) => name === tags.check)
    if (!check) {
      check = { name: tags.check ?? '', passes: 0, fails: 0 }
      group.checks.push(check)
    }
    const { a: passes, b: all } = runs.totals()
    check.passes += passes
    check.fails += all - passes
  }
  const root = groups.get('')
  groups.delete('')
  return { name: '', checks: root?.checks ?? [], groups: [...groups.values()] }
}
