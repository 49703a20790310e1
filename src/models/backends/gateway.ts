import { objectOf, textOf } from '../../stream/json.ts'
import { type Backend, type ModelState, modelState } from '../backend.ts'

/**
 * The guide's gateway: `/api/models/*`. A switch is accepted at once and runs in the
 * background, so its outcome is known by polling only.
 *
 * Tried on the simulator, which follows the gateway's source; the real gateway of the guide can
 * not complete a switch today (docs/models.md).
 */
export function gateway(): Backend {
  const states: { [status: string]: ModelState['state'] } = {
    running: 'ready',
    switching: 'loading',
    error: 'error',
    stopped: 'stopped',
  }
  return {
    name: 'gateway',
    api: 'gateway',
    completion: 'poll',
    status: [{ method: 'GET', path: '/api/models/status' }],
    load: (model) => ({
      method: 'POST',
      path: '/api/models/switch',
      json: { profile_id: model },
    }),
    wasThere: (json) => objectOf(json).switching_to === null,
    calls: {
      profiles: { method: 'GET', path: '/api/models/profiles' },
      recommendations: { method: 'GET', path: '/api/models/hardware-recommendations' },
      reload: { method: 'POST', path: '/api/models/reload' },
    },

    readStatus([body]) {
      const json = objectOf(body)
      const profiles = objectOf(json.available_profiles)
      const servedAs: { [model: string]: string } = {}
      for (const id of Object.keys(profiles)) {
        const name = textOf(objectOf(profiles[id]).model_id)
        if (name !== '') servedAs[id] = name
      }
      const current = textOf(json.current_profile) || null
      const state = states[textOf(json.status)] || 'unknown'
      const hardware = objectOf(json.hardware_info)
      const total = hardware.total_vram_gb
      const free = hardware.available_vram_gb
      const known = typeof total === 'number' && typeof free === 'number' && total > 0
      return modelState({
        state,
        current,
        models: Object.keys(profiles),
        loaded: current !== null && state === 'ready' ? [current] : [],
        unknown: state === 'unknown' || state === 'error' ? ['loaded'] : [],
        message: textOf(json.message),
        servedAs,
        gpuMemory: known ? 1 - (free as number) / (total as number) : undefined,
      })
    },
  }
}
