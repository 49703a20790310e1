// The tree of groups and checks that handleSummary is given.
import { createHash } from 'node:crypto'

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {string} path
 * @property {string} id
 * @property {number} passes
 * @property {number} fails
 */

/**
 * @typedef {object} Group
 * @property {string} name
 * @property {string} path
 * @property {string} id
 * @property {Group[]} groups
 * @property {Check[]} checks
 */

export function createChecks() {
  const root = group('', '')

  /** @param {string} path `::outer::inner` */
  function find(path) {
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
    /**
     * @param {string} metric
     * @param {number} value
     * @param {Record<string, string>} tags
     */
    sample(metric, value, tags) {
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

/**
 * @param {string} name
 * @param {string} path
 * @returns {Group}
 */
const group = (name, path) => ({ name, path, id: idOf(path), groups: [], checks: [] })

/** @param {string} path */
const idOf = (path) => createHash('md5').update(path).digest('hex')
