import type { Api } from '#node'
import type { Library } from './library.ts'
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

/** The folder of the script, below the project's. */
export const SCRIPTS = 'load'

/** What stands in the template for where the library is. */
const LIBRARY = '../node_modules/k6-llm/dist'

/**
 * The files of a project, by path below its folder; `/` on every system.
 *
 * @param version of k6-llm
 * @param library as the script in `SCRIPTS` has it
 */
export function filesOf(
  answers: Answers,
  version: string,
  library: Library,
): Record<string, string> {
  const { url } = answers
  const files: Record<string, string> = {
    [`${SCRIPTS}/chat.js`]: fillTemplate('chat.js', { [ADDRESS]: url, [LIBRARY]: library.address }),
    [`${SCRIPTS}/config.json`]: `${JSON.stringify(config(answers), null, 2)}\n`,
  }
  Object.assign(files, library.files)
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
