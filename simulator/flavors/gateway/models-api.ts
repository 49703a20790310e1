import { brokenJson, detail, invalidBody, missingField } from '../../exchange/errors.ts'
import { type Exchange, sendJson } from '../../exchange/exchange.ts'
import type { ModelManager } from '../../models/manager.ts'
import { describeHardware, recommendProfiles } from '../../models/profiles.ts'
import { isSwitchFault, switchFaults } from '../../options/names.ts'
import { inner } from '../../request/request.ts'

export function getStatus(exchange: Exchange) {
  const { models } = exchange.services
  sendJson(exchange, 200, {
    current_profile: models.state.current,
    status: models.state.status,
    available_profiles: models.profiles,
    message: describeState(models.state),
    hardware_info: describeHardware(models.loaded),
  })
}

export function getProfiles(exchange: Exchange) {
  const { models } = exchange.services
  sendJson(exchange, 200, { profiles: models.profiles, current_profile: models.state.current })
}

export function getRecommendations(exchange: Exchange) {
  const { models } = exchange.services
  sendJson(exchange, 200, recommendProfiles(models.profiles, models.loaded))
}

export function postReload(exchange: Exchange) {
  const { models } = exchange.services
  models.reload()
  const message = '프로파일이 성공적으로 재로드되었습니다.'
  sendJson(exchange, 200, { success: true, message, profiles: models.profiles })
}

/**
 * Accepts a switch at once and lets it run in the background; only the status tells its outcome.
 */
export function postSwitch(exchange: Exchange) {
  const { models } = exchange.services
  const read = readProfileId(exchange.text)
  if ('problem' in read) return sendJson(exchange, 422, read.problem)
  const { profile } = read

  const fault = exchange.req.headers['x-sim-switch']?.toString()
  if (fault !== undefined && !isSwitchFault(fault)) {
    const message = `x-sim-switch ${fault}: expected one of ${switchFaults.join(', ')}, like fail`
    return sendJson(exchange, 400, detail(message))
  }
  if (fault !== undefined) exchange.entry.fault = fault

  const { verdict, was, reason } = models.switchTo(profile, fault)
  const accept = (message: string, target: string | null) =>
    sendJson(exchange, 200, {
      success: true,
      message,
      current_profile: was,
      switching_to: target,
    })
  switch (verdict) {
    case 'accepted':
      return accept(`모델 전환을 시작합니다: ${models.profiles[profile]?.name}`, profile)
    case 'current':
      return accept(`이미 '${profile}' 모델이 실행 중입니다.`, null)
    case 'unknown':
      return sendJson(exchange, 404, detail(`프로파일 '${profile}'를 찾을 수 없습니다.`))
    case 'busy':
      return sendJson(exchange, 409, detail('다른 모델 전환이 진행 중입니다.'))
    case 'incompatible':
      return sendJson(exchange, 409, detail(`하드웨어 호환성 문제: ${reason}`))
    case 'refused':
      return sendJson(exchange, 409, detail('모델 전환이 거부되었습니다.'))
  }
}

function readProfileId(text: string): { profile: string } | { problem: unknown } {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (error) {
    return { problem: brokenJson(String(error)) }
  }
  const profile = inner(body).profile_id
  if (profile === undefined) return { problem: invalidBody([missingField('profile_id', body)]) }
  if (typeof profile !== 'string') {
    const msg = 'Input should be a valid string'
    const loc = ['body', 'profile_id']
    return { problem: invalidBody([{ type: 'string_type', loc, msg, input: profile }]) }
  }
  return { profile }
}

function describeState({ status, current, target, reason }: ModelManager['state']) {
  switch (status) {
    case 'running':
      return `현재 '${current}' 모델이 실행 중입니다.`
    case 'switching':
      return `'${target}' 모델로 전환 중입니다.`
    case 'stopped':
      return 'vLLM이 실행되고 있지 않습니다.'
    case 'error':
      return `모델 전환에 실패했습니다: ${reason}`
  }
}
