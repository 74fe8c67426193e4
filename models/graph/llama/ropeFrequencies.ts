import type { LlamaConfig, RopeScaling } from './LlamaConfig.ts'
import { headDim, ropeTheta } from './llamaSizes.ts'

/** Angle per position of each pair of features, [headDim / 2], and what cosine and sine are multiplied by. */
export type RopeFrequencies = { readonly frequencies: Float32Array; readonly scale: number }

type Numbers = Required<Pick<RopeScaling, 'factor' | 'original_max_position_embeddings'>> & RopeScaling

/** What each kind needs to be told, besides what has a default. */
export const ropeNumbers: Readonly<Record<string, readonly (keyof RopeScaling)[]>> = {
  default: [],
  linear: ['factor'],
  // Stretches only contexts longer than the model was made for, which are refused.
  dynamic: [],
  llama3: ['factor', 'low_freq_factor', 'high_freq_factor'],
  yarn: ['factor'],
}

/** How the frequencies of this model were changed; newer files say it in rope_parameters. */
export function ropeScaling({ rope_parameters: parameters, rope_scaling: scaling }: LlamaConfig): RopeScaling {
  return scaling ?? parameters ?? {}
}

export function ropeKind(config: LlamaConfig): string {
  const { rope_type: kind, type } = ropeScaling(config)
  return kind ?? type ?? 'default'
}

/**
 * frequency[i] = theta^(-2i / headDim), changed by the kind of scaling. Numbers are rounded to 32 bits where the
 * reference implementations round. Source: transformers, modeling_rope_utils.py; YaRN (arXiv 2309.00071) §3.
 */
export function ropeFrequencies(config: LlamaConfig): RopeFrequencies {
  const half = headDim(config) / 2
  const theta = ropeTheta(config)
  const plain = Float32Array.from({ length: half }, (_, i) => 1 / Math.fround(theta ** (i / half)))
  const scaling = ropeScaling(config)
  const numbers: Numbers = {
    ...scaling,
    factor: scaling.factor ?? 1,
    original_max_position_embeddings: scaling.original_max_position_embeddings ?? config.max_position_embeddings,
  }
  switch (ropeKind(config)) {
    case 'linear':
      return { frequencies: plain.map((frequency) => frequency / numbers.factor), scale: 1 }
    case 'llama3':
      return { frequencies: plain.map((frequency) => llama3(frequency, numbers)), scale: 1 }
    case 'yarn':
      return { frequencies: yarn(plain, theta, numbers), scale: yarnScale(numbers) }
    default:
      return { frequencies: plain, scale: 1 }
  }
}

/** Wavelengths beyond the old context are stretched, short ones stay, those between are blended. */
function llama3(frequency: number, { factor, original_max_position_embeddings: old, ...numbers }: Numbers): number {
  const { low_freq_factor: low = 1, high_freq_factor: high = 4 } = numbers
  const wavelength = (2 * Math.PI) / frequency
  if (wavelength < old / high) return frequency
  if (wavelength > old / low) return frequency / factor
  const smooth = (old / wavelength - low) / (high - low)
  return ((1 - smooth) * frequency) / factor + smooth * frequency
}

/** Pairs that turn often in the old context keep their frequency, pairs that hardly turn are stretched. */
function yarn(plain: Float32Array, theta: number, numbers: Numbers): Float32Array {
  const { factor, original_max_position_embeddings: old, truncate = true } = numbers
  const size = 2 * plain.length
  const pairTurning = (turns: number): number => (size * Math.log(old / (turns * 2 * Math.PI))) / (2 * Math.log(theta))
  const [first, last] = [pairTurning(numbers.beta_fast ?? 32), pairTurning(numbers.beta_slow ?? 1)]
  const low = Math.max(truncate ? Math.floor(first) : first, 0)
  const high = Math.min(truncate ? Math.ceil(last) : last, size - 1)
  const span = low === high ? 0.001 : high - low
  return plain.map((frequency, i) => {
    const stretched = Math.min(Math.max((i - low) / span, 0), 1)
    return (frequency / factor) * stretched + frequency * (1 - stretched)
  })
}

function yarnScale({ factor, attention_factor: given, mscale, mscale_all_dim: mscaleAll }: Numbers): number {
  if (given !== undefined) return given
  const grown = (by: number): number => (factor <= 1 ? 1 : 0.1 * by * Math.log(factor) + 1)
  return mscale && mscaleAll ? grown(mscale) / grown(mscaleAll) : grown(1)
}
