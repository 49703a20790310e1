import { endpoint } from '../chat/address.ts'
import { authorization, serverUrl, setting } from '../chat/exchange.ts'
import { warnOnce, withoutSecrets } from '../core/env.ts'
import { checkKeys, durationOption, type Lazy } from '../core/options.ts'
import { record } from './recorder.ts'
import { fetchServerMetrics, type ServerMetrics } from './server-metrics.ts'

export interface ServerMonitorOptions {
  /** @default `API_BASE_URL`, else `BASE_URL` */
  baseUrl?: Lazy<string | undefined>
  /** @default '/metrics' */
  path?: string
  /** @default `API_TOKEN` */
  token?: Lazy<string | undefined>
  headers?: { [name: string]: string }
  /** ms, or a string. @default '5s' */
  timeout?: number | string
}

/**
 * Reads a server's own Prometheus page beside the load, from a scenario of one VU: requests
 * running and waiting, KV cache in use (vLLM, SGLang, TGI, llama.cpp).
 *
 * A server without such a page gives no samples and no failure: `sample()` then is `undefined`. After
 * a 404 it is said once and not asked again.
 */
export function createServerMonitor(options: ServerMonitorOptions = {}): {
  sample(): Promise<ServerMetrics | undefined>
} {
  checkKeys('createServerMonitor', options, ['baseUrl', 'path', 'token', 'headers', 'timeout'])
  const timeout = durationOption('timeout', options.timeout, 5000)
  serverUrl(options.baseUrl)
  let missing = false
  return {
    async sample() {
      if (missing) return undefined
      const { url, headers } = endpoint(serverUrl(options.baseUrl), options.path || '/metrics')
      Object.assign(headers, authorization(setting(options.token, 'API_TOKEN')), options.headers)
      const { status, seen } = await fetchServerMetrics(url, headers, timeout)
      if (status === 404) {
        missing = true
        warnOnce(`${withoutSecrets(url)} answers 404: no figures of the server in this run`)
      }
      if (seen === undefined) return undefined
      record('llm_server_running', seen.running, {})
      record('llm_server_waiting', seen.waiting, {})
      record('llm_server_kv_cache', seen.kvCache, {})
      return seen
    },
  }
}
