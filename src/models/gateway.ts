import type { Backend, ModelState } from './backend.ts'

type Profile = { model_id?: unknown }

/**
 * The guide's gateway: `/api/models/*`. A switch is accepted at once and runs in the
 * background, so its outcome is known by polling only.
 *
 * Tried on the simulator, which follows the gateway's source; the real gateway of the guide can
 * not complete a switch today (docs/models.md).
 */
export const gateway: Backend = {
  name: 'gateway',
  status: { method: 'GET', path: '/api/models/status' },
  switchTo: (model) => ({
    method: 'POST',
    path: '/api/models/switch',
    json: { profile_id: model },
  }),
  wasThere: (json) => (json as { switching_to?: unknown } | undefined)?.switching_to === null,
  calls: {
    profiles: { method: 'GET', path: '/api/models/profiles' },
    recommendations: { method: 'GET', path: '/api/models/hardware-recommendations' },
    reload: { method: 'POST', path: '/api/models/reload' },
  },

  readStatus(json: unknown): ModelState {
    const body = (json || {}) as {
      status?: unknown
      current_profile?: unknown
      available_profiles?: { [id: string]: Profile }
      message?: unknown
      hardware_info?: { total_vram_gb?: unknown; available_vram_gb?: unknown }
    }
    const profiles = body.available_profiles || {}
    const servedAs: { [model: string]: string } = {}
    for (const id of Object.keys(profiles)) {
      const name = (profiles[id] as Profile).model_id
      if (typeof name === 'string' && name !== '') servedAs[id] = name
    }
    return {
      state: STATES[String(body.status)] || 'stopped',
      current: typeof body.current_profile === 'string' ? body.current_profile : null,
      models: Object.keys(profiles),
      message: typeof body.message === 'string' ? body.message : '',
      servedAs,
      gpuMemory: usedShare(body.hardware_info),
    }
  },
}

const STATES: { [status: string]: ModelState['state'] } = {
  running: 'ready',
  switching: 'loading',
  error: 'error',
  stopped: 'stopped',
}

function usedShare(
  hardware: { total_vram_gb?: unknown; available_vram_gb?: unknown } | undefined,
): number | undefined {
  const total = hardware?.total_vram_gb
  const free = hardware?.available_vram_gb
  if (typeof total !== 'number' || typeof free !== 'number' || total <= 0) return undefined
  return 1 - free / total
}
