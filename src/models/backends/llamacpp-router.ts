import { listOf, objectOf, textOf } from '../../stream/json.ts'
import { type Backend, modelState } from '../backend.ts'

/**
 * llama.cpp's router (`llama-server` without a model): loading and unloading are accepted at
 * once and go on behind it; `GET /models` tells. It holds `--models-max` models and evicts the
 * one that was used least recently.
 *
 * llama.cpp tools/server/README.md, "Using multiple models".
 * Tried on the simulator, which follows that document; on no real server.
 */
export function llamacppRouter(): Backend {
  const post = (path: string) => (model: string) => ({
    method: 'POST' as const,
    path,
    json: { model },
  })
  return {
    name: 'llamacpp-router',
    api: 'openai-chat',
    completion: 'poll',
    // The server of the model answers, often with the name of its file.
    provenByStatus: true,
    status: [{ method: 'GET', path: '/models' }],
    readStatus([body]) {
      const rows = listOf(objectOf(body).data).map(objectOf)
      const failed: { [model: string]: string } = {}
      for (const row of rows) {
        const status = objectOf(row.status)
        if (status.failed) {
          const code = status.exit_code
          failed[textOf(row.id)] = `${textOf(status.value)}, failed, exit code ${code}`
        }
      }
      const named = (states: string[]) =>
        rows
          .filter((row) => states.indexOf(textOf(objectOf(row.status).value)) !== -1)
          .map((row) => textOf(row.id))
      // One that sleeps wakes at a request.
      const loaded = named(['loaded', 'sleeping'])
      const models = rows.map((row) => textOf(row.id))
      return modelState(
        { loaded, models, failed },
        named(['loading', 'downloading', 'downloaded']).length > 0,
      )
    },
    load: post('/models/load'),
    unload: post('/models/unload'),
    calls: { reload: { method: 'GET', path: '/models?reload=1', name: '/models?reload=1' } },
  }
}
