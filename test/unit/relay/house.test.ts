import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { cycleIn, sourcesIn } from '../../support/imports.ts'

const sources = sourcesIn(fileURLToPath(new URL('../../../relay/', import.meta.url)))

/** What is received and how the server is reached know nothing of each other, nor of who asks. */
const APART = ['body', 'target']
const PACKAGES = ['#node', 'commander', 'undici', 'tsx/esm/api']

describe('the house of the relay', () => {
  test('has its folders, and no other', () => {
    const folders = new Set(sources.map(({ file }) => file.split('/')[0]).filter(isFolder))
    expect([...folders]).toEqual(['body', 'record', 'target'])
  })

  test.each(sources)('$file imports from where it may', ({ file, imports }) => {
    const [own = ''] = file.split('/')
    for (const { id, target } of imports) {
      if (id.startsWith('${')) continue // in the text of a thread's first line
      if (target === undefined) {
        expect(id.startsWith('node:') || PACKAGES.includes(id), id).toBe(true)
        continue
      }
      expect(target, `${file} imports ${id}`).not.toMatch(/^\.\.\//)
      if (APART.includes(own)) expect(target.split('/')[0], `${file} imports ${id}`).toBe(own)
    }
  })

  test('imports have no cycle, types included', () => {
    expect(cycleIn(sources)).toBeUndefined()
  })
})

function isFolder(name: string | undefined): name is string {
  return name !== undefined && !name.endsWith('.ts')
}
