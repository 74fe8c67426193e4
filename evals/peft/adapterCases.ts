import { allTargets, type LoraStrength, type Target } from '../../models/index.ts'

/** Adapters that the peft package makes: arguments of its LoraConfig, for a model of so many blocks. */
export type PeftCase = { name: string; lora: Record<string, unknown>; dtype?: 'float32' | 'float16' | 'bfloat16' }

/** Adapters that we make: arguments of adapterLayout. */
export type OwnCase = {
  name: string
  layout: LoraStrength & { targets: readonly Target[]; layers?: readonly number[] }
}

/** The ways in which LoRA can sit in a model that has `depth` blocks, 3 at least. */
export function adapterCases(depth: number): { byPeft: PeftCase[]; byUs: OwnCase[] } {
  const last = depth - 1
  const lastFour = Array.from({ length: Math.min(4, depth - 1) }, (_, i) => depth - Math.min(4, depth - 1) + i)
  const rankPattern = { 'layers.0.self_attn.q_proj': 5, down_proj: 1, [`.*\\.${last}\\.mlp\\.(gate|up)_proj`]: 3 }
  const alphaPattern = { '.*self_attn.*': 6, 'mlp.down_proj': 1 }
  return {
    byPeft: [
      { name: 'all-linear', lora: { r: 2, lora_alpha: 4, target_modules: 'all-linear' } },
      { name: 'q-v', lora: { r: 4, lora_alpha: 4, target_modules: ['q_proj', 'v_proj'] } },
      {
        name: 'last-blocks',
        lora: { r: 2, lora_alpha: 2, target_modules: ['q_proj', 'v_proj', 'o_proj'], layers_to_transform: lastFour },
      },
      {
        name: 'patterns',
        lora: {
          r: 2,
          lora_alpha: 3,
          target_modules: [...allTargets],
          rank_pattern: rankPattern,
          alpha_pattern: alphaPattern,
        },
      },
      {
        name: 'rslora-patterns',
        lora: {
          r: 3,
          lora_alpha: 3,
          target_modules: ['v_proj', 'down_proj'],
          use_rslora: true,
          rank_pattern: { v_proj: 2 },
        },
      },
      {
        name: 'regex',
        lora: { r: 2, lora_alpha: 2, target_modules: `.*\\.(0|${last})\\.(self_attn\\.[qo]|mlp\\.up)_proj` },
      },
      {
        name: 'names',
        lora: {
          r: 2,
          lora_alpha: 5,
          target_modules: ['self_attn.k_proj', 'model.layers.0.mlp.down_proj', 'gate_proj'],
          layers_to_transform: 1,
          exclude_modules: ['gate_proj'],
        },
      },
      { name: 'bfloat16', lora: { r: 2, lora_alpha: 4, target_modules: ['q_proj', 'up_proj'] }, dtype: 'bfloat16' },
      { name: 'float16', lora: { r: 2, lora_alpha: 4, target_modules: ['k_proj'] }, dtype: 'float16' },
    ],
    byUs: [
      { name: 'all', layout: { rank: 2, alpha: 4, targets: allTargets } },
      { name: 'last-blocks', layout: { rank: 4, targets: ['q_proj', 'v_proj'], layers: lastFour } },
      { name: 'rslora', layout: { rank: 3, alpha: 4, targets: ['o_proj', 'q_proj'], layers: [0, last], rsLora: true } },
      { name: 'patterns', layout: { rank: 2, alpha: 3, targets: allTargets, rankPattern, alphaPattern } },
    ],
  }
}
