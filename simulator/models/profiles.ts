import type { ProfileName } from '../options/names.ts'

/** A model as the guide's gateway describes it. */
interface Profile {
  name: string
  model_id: string
  description: string
  max_model_len: number
  tensor_parallel_size: number
  gpu_memory_utilization: number
  dtype: string
  swap_space: number
  hardware_requirements: { min_vram_gb: number; recommended_vram_gb: number; min_gpus: number }
}

/** What a profile needs; memory in GB. */
interface Needs {
  min: number
  recommended: number
  gpus?: number
}

/** Whether the machine can run a profile, in the gateway's words. */
export interface Compatibility {
  compatible: boolean
  message: string
}

/** The machine of the guide: two cards of 24 GB. */
const GPU_COUNT = 2
const GPU_MEMORY_MB = 24_576
/** What the driver holds on an idle card. */
const IDLE_MEMORY_MB = 412

const profile = (
  fields: Partial<Profile> & Pick<Profile, 'name' | 'model_id'>,
  { min, recommended, gpus = 1 }: Needs,
): Profile => ({
  description: fields.name,
  max_model_len: 8192,
  tensor_parallel_size: gpus,
  gpu_memory_utilization: 0.8,
  dtype: 'float16',
  swap_space: 4,
  ...fields,
  hardware_requirements: { min_vram_gb: min, recommended_vram_gb: recommended, min_gpus: gpus },
})

const known: Readonly<Record<string, Profile>> = {
  'phi3-mini': profile(
    {
      name: 'Phi-3 Mini',
      model_id: 'microsoft/Phi-3-mini-4k-instruct',
      description: '가벼운 시험용 모델',
      max_model_len: 4096,
      gpu_memory_utilization: 0.6,
      swap_space: 2,
    },
    { min: 8, recommended: 12 },
  ),
  'deepseek-coder-7b': profile(
    {
      name: 'DeepSeek Coder 7B',
      model_id: 'deepseek-ai/deepseek-coder-7b-instruct-v1.5',
      description: '코딩용 모델',
    },
    { min: 16, recommended: 24 },
  ),
  'qwen2-7b-instruct': profile(
    {
      name: 'Qwen2 7B Instruct',
      model_id: 'Qwen/Qwen2-7B-Instruct',
      description: '긴 문맥을 다루는 대화 모델',
      max_model_len: 32_768,
      swap_space: 6,
    },
    { min: 18, recommended: 24 },
  ),
  // Needs four cards where the machine has two: the profile that cannot be loaded.
  'llama3-70b': profile(
    {
      name: 'Llama 3 70B Instruct',
      model_id: 'meta-llama/Meta-Llama-3-70B-Instruct',
      description: '그래픽 카드 네 장이 필요한 모델',
      gpu_memory_utilization: 0.9,
      swap_space: 16,
    },
    { min: 140, recommended: 160, gpus: 4 },
  ),
} satisfies Record<ProfileName, Profile>

/** @param ids a name that is not known here becomes a model that fits one card */
export function describeProfiles(ids: string[]): Record<string, Profile> {
  return Object.fromEntries(
    ids.map((id) => [
      id,
      known[id] ?? profile({ name: id, model_id: id }, { min: 16, recommended: 24 }),
    ]),
  )
}

export function checkHardware(wanted: Profile): Compatibility {
  const { min_gpus: gpus, min_vram_gb: vram } = wanted.hardware_requirements
  if (gpus > GPU_COUNT) {
    return { compatible: false, message: `GPU ${gpus}개가 필요합니다 (현재 ${GPU_COUNT}개)` }
  }
  if (vram > totalVramGb) {
    return { compatible: false, message: `VRAM ${vram} GB가 필요합니다 (현재 ${totalVramGb} GB)` }
  }
  return { compatible: true, message: '하드웨어 호환성 확인됨' }
}

const totalVramGb = (GPU_COUNT * GPU_MEMORY_MB) / 1024

/** @param loaded the model in memory, null while none is */
export function describeHardware(loaded: Profile | null) {
  const gpus = Array.from({ length: GPU_COUNT }, (_, index) => {
    const holds = loaded !== null && index < loaded.tensor_parallel_size
    const used = Math.round(holds ? GPU_MEMORY_MB * loaded.gpu_memory_utilization : IDLE_MEMORY_MB)
    return {
      name: 'NVIDIA GeForce RTX 3090',
      memory_total_mb: GPU_MEMORY_MB,
      memory_used_mb: used,
      memory_free_mb: GPU_MEMORY_MB - used,
    }
  })
  const freeMb = gpus.reduce((sum, gpu) => sum + gpu.memory_free_mb, 0)
  return {
    gpus,
    gpu_count: GPU_COUNT,
    total_vram_gb: totalVramGb,
    available_vram_gb: Math.round((freeMb / 1024) * 10) / 10,
  }
}

/** The reply of /api/models/hardware-recommendations. */
export function recommendProfiles(profiles: Record<string, Profile>, loaded: Profile | null) {
  const judged = Object.entries(profiles).map(([id, wanted]) => ({
    vram: wanted.hardware_requirements.recommended_vram_gb,
    entry: {
      profile_id: id,
      name: wanted.name,
      description: wanted.description,
      compatibility: checkHardware(wanted),
    },
  }))
  const compatible = judged.filter(({ entry }) => entry.compatibility.compatible)
  return {
    current_hardware: describeHardware(loaded),
    recommended_profiles: compatible.filter(({ vram }) => vram <= totalVramGb).map(toEntry),
    compatible_profiles: compatible.map(toEntry),
    incompatible_profiles: judged.filter((one) => !compatible.includes(one)).map(toEntry),
  }
}

function toEntry<T>({ entry }: { entry: T }) {
  return entry
}
