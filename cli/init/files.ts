import type { Api } from '#node'
import { fillTemplate } from './template.ts'

/** What `k6-llm init` asks for. */
export interface Answers {
  url: string
  api: Api
  /** '' where the server chooses */
  model: string
  /** most at the same time */
  users: number
  /** such as `2m` */
  duration: string
  /** goal of TTFT at p95, ms */
  ttft: number
  /** goal: share of requests that may fail */
  failed: number
  /** a GitHub workflow as well */
  workflow: boolean
}

/** What stands in the templates for the address of the server. */
const ADDRESS = 'https://llm.example.com'

/**
 * The files of a project, by path below its folder; `/` on every system.
 *
 * @param version of k6-llm
 */
export function filesOf(answers: Answers, version: string): Record<string, string> {
  const { url } = answers
  const files: Record<string, string> = {
    'load/chat.js': fillTemplate('chat.js', { [ADDRESS]: url }),
    'load/config.json': `${JSON.stringify(config(answers), null, 2)}\n`,
  }
  if (answers.workflow) {
    files['.github/workflows/load-test.yml'] = fillTemplate('load-test.yml', {
      [`"${ADDRESS}"`]: JSON.stringify(url), // JSON is YAML
      [`'${ADDRESS}'`]: quote(url),
      'k6-llm@0.0.0': `k6-llm@${version}`,
    })
  }
  return files
}

function config({ url, api, model, users, duration, ttft, failed }: Answers) {
  return {
    baseUrl: url,
    api,
    ...(model !== '' && { model }),
    users,
    duration,
    // Reports name the goals by it.
    goals: { name: 'load/config.json', ttft: { p95: ttft }, errorRate: failed },
  }
}

/** @param text within an expression of GitHub */
function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
