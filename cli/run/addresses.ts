import type { Script } from './script.ts'

/** Variables of k6's own arguments that may name a server: `-e NAME=value`, `--env=NAME=value`. */
export function variablesIn(args: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [i, arg] of args.entries()) {
    const given = /^(?:-e|--env)$/.test(arg) ? args[i + 1] : /^(?:-e|--env=)(.+)$/s.exec(arg)?.[1]
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(given ?? '') ?? []
    if (name !== undefined && value !== undefined) found[name] = value
  }
  return found
}

/**
 * Where a script sends to, as origins: what its variables say, and what stands in its code, but
 * for what stands there only in case a variable is not set.
 *
 * @param given variables that were given to it
 * @param environment of this process: BASE_URL, API_BASE_URL and the variables that the script
 *   names itself count, no others
 * @param asked `--allow`
 */
export function serversOf(
  script: Pick<Script, 'addresses' | 'addressVariables'>,
  given: Readonly<Record<string, string>>,
  environment: NodeJS.ProcessEnv,
  asked: readonly string[] = [],
): string[] {
  const named = ['BASE_URL', 'API_BASE_URL', ...script.addressVariables]
  const fromEnvironment = named.filter((name) => !(name in given)).map((name) => environment[name])
  const set = (name: string) =>
    originOf(given[name] ?? (named.includes(name) ? environment[name] : undefined)) !== undefined
  const inCode = script.addresses.filter(({ insteadOf }) => !insteadOf.some(set))
  const all = [
    ...asked,
    ...Object.values(given),
    ...fromEnvironment,
    ...inCode.map(({ address }) => address),
  ]
  return [...new Set(all.map(originOf).filter((origin) => origin !== undefined))]
}

/** The origin of an http or https address, which has no password in it. */
export function originOf(text: string | undefined): string | undefined {
  const trimmed = text?.trim() ?? ''
  if (!/^https?:\/\//i.test(trimmed) || !URL.canParse(trimmed)) return undefined
  return new URL(trimmed).origin
}
