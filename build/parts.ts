import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from './root.ts'
import { hashOf } from './stamp.ts'

/** Folders of programs for Node. Each keeps its tree in dist/. */
export const PROGRAMS = ['cli', 'preview', 'relay', 'simulator']

/** One thing in dist/ that is made as a whole. */
export interface Part {
  name: string
  /** for a message */
  what: string
  /** a hash of all that it is made from */
  inputs(): string
  /** writes it, and tells the paths of what it wrote, from the root of the checkout */
  make(): Promise<string[]>
}

// The packages that it is built with are in the lock file, the version in package.json.
const common = hashOf(['build', 'package.json', 'package-lock.json', 'tsconfig.json'])
const inputsIn = (folder: string) => () => common + hashOf([folder])

/**
 * The longest first: they are begun in this order. What they are built by is loaded when they are:
 * that is half a second for those that are fresh.
 */
export const PARTS: Part[] = [
  {
    name: 'library',
    what: 'the library',
    inputs: inputsIn('src'),
    make: async () => (await import('./library.ts')).makeLibrary(),
  },
  { name: 'types', what: 'its types', inputs: inputsIn('src'), make: makeDeclarations },
  ...PROGRAMS.map((folder) => ({
    name: folder,
    what: `${folder}/`,
    inputs: inputsIn(folder),
    make: async () => (await import('./programs.ts')).makeProgram(folder),
  })),
]

/** In a process of its own: the type checker would keep the other parts waiting. */
async function makeDeclarations(): Promise<string[]> {
  const program = join(root, 'build/declarations.ts')
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program], {
    cwd: root,
  })
  return stdout.trim().split('\n')
}
