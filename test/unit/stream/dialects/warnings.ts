import { vi } from 'vitest'

/** What was warned of since; each text comes once in a run. */
export function catchWarnings(): string[] {
  const texts: string[] = []
  vi.spyOn(console, 'warn').mockImplementation((text) => {
    texts.push(String(text))
  })
  return texts
}
