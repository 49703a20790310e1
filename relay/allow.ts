import { isIP } from 'node:net'

/** What the relay forwards to: `scheme://host:port`, in the form that URLs have it. */
export type AllowList = ReadonlySet<string>

/** Reads the origins of `--allow`. Throws for what is none. */
export function readAllowList(values: readonly string[]): AllowList {
  return new Set(
    values.map((value) => {
      const url = parseHttpUrl(value)
      if (url === undefined) {
        throw new Error(
          `--allow ${value}: expected an http or https address, like http://localhost:8000`,
        )
      }
      return url.origin
    }),
  )
}

/** Why a target is not forwarded to, or `undefined` where it is. */
export function refuseTarget(target: URL, allowed: AllowList): string | undefined {
  if (allowed.has(target.origin)) return undefined
  return `the relay does not forward to ${target.origin}; it was started for ${[...allowed].join(', ')} (--allow)`
}

/** An http or https URL, or `undefined`. */
export function parseHttpUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined
}

/**
 * Why a request is not taken, or `undefined` where it is. A page in a browser must not be able to
 * use the relay: it always sends an `Origin` with a POST, which k6 never does; and a name that was
 * made to point here (DNS rebinding) shows in `Host`.
 *
 * @param names further names that the relay is called by, besides addresses and localhost
 */
export function refuseCaller(
  headers: { host?: string; origin?: string; 'sec-fetch-site'?: string | string[] },
  names: ReadonlySet<string>,
): string | undefined {
  if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined) {
    return 'the relay takes no requests of web pages'
  }
  const name = hostName(headers.host)
  if (name === undefined) return 'the relay takes no request without a Host'
  if (name === 'localhost' || isIP(name) > 0 || names.has(name)) return undefined
  return `the relay is not called ${name}; name it with --name ${name}`
}

/** The name in a `Host` header, without its port and brackets. */
function hostName(host: string | undefined): string | undefined {
  const match = /^(?:\[([\da-f:.]+)\]|([^:[\]\s/]+))(?::\d+)?$/i.exec(host ?? '')
  return (match?.[1] ?? match?.[2])?.toLowerCase()
}
