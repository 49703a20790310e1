import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CommandError } from '../command.ts'
import { cannotWrite, writeTo } from '../write.ts'

/** What became of one file. */
export interface Placed {
  /** below the folder */
  path: string
  state: 'written' | 'overwritten' | 'unchanged'
}

/**
 * Writes files below a folder. Those that are there with another content are kept, unless they may
 * be overwritten: then all are written, else none.
 *
 * @param files by path
 */
export async function placeFiles(
  directory: string,
  files: Record<string, string>,
  mayOverwrite: (different: string[]) => boolean | Promise<boolean>,
): Promise<Placed[]> {
  const places = Object.entries(files).map(([path, text]) => {
    const place = join(directory, path)
    const before = existsSync(place) ? readFileSync(place, 'utf8') : undefined
    return { path, place, text, before }
  })
  const different = places
    .filter(({ before, text }) => before !== undefined && before !== text)
    .map(({ place }) => place)
  if (different.length > 0 && !(await mayOverwrite(different))) {
    throw new CommandError(
      `${different.join(', ')}: there already, with another content; nothing was written. ` +
        'Overwrite with --force, or name another folder',
    )
  }
  return places.map(({ path, place, text, before }) => {
    if (before === text) return { path, state: 'unchanged' }
    try {
      mkdirSync(dirname(place), { recursive: true })
    } catch (error) {
      throw cannotWrite(place, error)
    }
    writeTo(place, text)
    return { path, state: before === undefined ? 'written' : 'overwritten' }
  })
}
