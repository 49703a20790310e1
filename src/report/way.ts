import type { Report } from './record.ts'
import { fill } from './words/language.ts'
import type { Words } from './words/words.ts'

/** How tokens were seen arriving, by which transport; `undefined` where it is not known. */
export function wayText(
  { streaming, transport }: Pick<Report, 'streaming' | 'transport'>,
  { page: p }: Words,
): string | undefined {
  if (streaming === undefined) return undefined
  if (!streaming) return p.whole
  if (transport === 'relay') return p.relayed
  return transport === undefined ? p.streamed : fill(p.streamedBy, { transport })
}
