// The tree of groups and checks that handleSummary is given.
import { createHash } from 'node:crypto'
import type { Tags } from '../messages.ts'

interface Check {
  name: string
  path: string
  id: string
  passes: number
  fails: number
}

export interface Group {
  name: string
  path: string
  id: string
  groups: Group[]
  checks: Check[]
}

export function createChecks() {
  const root = group('', '')

  /** @param path `::outer::inner` */
  function find(path: string) {
    let at = root
    for (const name of path.split('::').slice(1)) {
      let next = at.groups.find((one) => one.name === name)
      if (next === undefined) {
        next = group(name, `${at.path}::${name}`)
        at.groups.push(next)
      }
      at = next
    }
    return at
  }

  return {
    root,
    sample(metric: string, value: number, tags: Tags) {
      if (metric === 'group_duration') find(tags.group ?? '')
      if (metric !== 'checks') return
      const parent = find(tags.group ?? '')
      const name = tags.check ?? ''
      let check = parent.checks.find((one) => one.name === name)
      if (check === undefined) {
        const path = `${parent.path}::${name}`
        check = { name, path, id: idOf(path), passes: 0, fails: 0 }
        parent.checks.push(check)
      }
      if (value === 0) check.fails++
      else check.passes++
    },
  }
}

const group = (name: string, path: string): Group => ({
  name,
  path,
  id: idOf(path),
  groups: [],
  checks: [],
})

const idOf = (path: string) => createHash('md5').update(path).digest('hex')
