import type { AdapterLayout } from '../../models/index.ts'

/** Gradients by the names of PEFT's tensors (A [rank, in], B [out, rank]) as one vector in the order of theta. */
export function peftGradient(layout: AdapterLayout, tensors: Readonly<Record<string, Float32Array>>): Float32Array {
  const flat = new Float32Array(layout.length)
  for (const module of layout.modules) {
    for (const factor of ['A', 'B'] as const) {
      const end = `.layers.${module.layer}.${block(module.target)}.${module.target}.lora_${factor}.weight`
      const name = Object.keys(tensors).find((one) => one.endsWith(end))
      if (name === undefined) throw new Error(`peft gave no gradient ${end}`)
      const [rows, columns] = factor === 'A' ? [module.in, module.rank] : [module.rank, module.out]
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) flat[module[factor] + i * columns + j] = tensors[name]![j * rows + i]!
      }
    }
  }
  return flat
}

function block(target: string): string {
  return ['gate_proj', 'up_proj', 'down_proj'].includes(target) ? 'mlp' : 'self_attn'
}
