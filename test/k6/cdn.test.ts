import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { onEachK6 } from '../support/each-k6.ts'
import { EXIT, runK6 } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

onEachK6('the packed files from a CDN', (k6) => {
  const directory = mkdtempSync(join(tmpdir(), 'k6-llm-cdn-'))
  const asked: string[] = []
  let server: Server
  let simulator: Simulator
  let cdn: string

  beforeAll(async () => {
    execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', directory], {
      cwd: root,
      stdio: 'ignore',
    })
    execFileSync('tar', ['-xzf', `k6-llm-${version}.tgz`], { cwd: directory })
    const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    })
    writeFileSync(join(directory, 'cert.pem'), cert)
    // jsDelivr's layout: /npm/NAME@VERSION/FILE.
    server = createServer({ key, cert }, (request, response) => {
      const path = new URL(request.url ?? '/', 'https://cdn').pathname
      asked.push(path)
      const file = path.replace(`/npm/k6-llm@${version}/`, '')
      try {
        const text = readFileSync(join(directory, 'package', normalize(file)))
        response
          .writeHead(200, { 'Content-Type': 'application/javascript; charset=utf-8' })
          .end(text)
      } catch {
        response.writeHead(404).end(`Couldn't find the requested file ${file}`)
      }
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    cdn = `https://127.0.0.1:${(server.address() as AddressInfo).port}/npm/k6-llm@${version}/dist`
    simulator = await startSimulator('--flavor', 'vllm', '--ttft', '20', '--itl', '2')
  })
  afterAll(async () => {
    server.close()
    await simulator.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  test('run, and stream through the extension where k6 has it', async () => {
    const script = join(directory, 'test.js')
    writeFileSync(
      script,
      `${k6.streams ? `import '${cdn}/xk6-sse.js'\n` : ''}import { createChatClient } from '${cdn}/index.js'
import { Counter } from 'k6/metrics'

const done = new Counter('tests_done')
export const options = { vus: 1, iterations: 1, thresholds: { tests_done: ['count==1'] } }

export default async function () {
  const reply = await createChatClient({ baseUrl: '${simulator.url}' }).stream({ prompt: 'Hi', max_tokens: 7 })
  if (reply.ok && reply.usage.completionTokens === 7) done.add(1)
}
`,
    )
    const run = await runK6(k6, script, { process: { SSL_CERT_FILE: join(directory, 'cert.pem') } })
    expect(run.output).not.toContain('level=error')
    expect(run.code).toBe(EXIT.ok)
    expect(run.values('llm_ttft')).toHaveLength(k6.streams ? 1 : 0)
    expect(new Set(asked)).toEqual(
      new Set(
        ['index.js', 'index.cjs', ...(k6.streams ? ['xk6-sse.js'] : [])].map(
          (name) => `/npm/k6-llm@${version}/dist/${name}`,
        ),
      ),
    )
  })
})
