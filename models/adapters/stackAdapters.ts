import { Tensor } from 'onnxruntime-node'
import type { AdapterLayout } from './AdapterLayout.ts'

/**
 * The graph inputs `lora_A.<target>` [adapters · layers, in, r] and `lora_B.<target>` [adapters · layers, r, out] of
 * several adapters of one layout, layers counted from its first adapted block to its last. Scales go into B; lower ranks
 * and blocks that are not adapted are zeros.
 */
export function stackAdapters(layout: AdapterLayout, thetas: readonly Float32Array[]): Record<string, Tensor> {
  const inputs: Record<string, Tensor> = {}
  const layers = Math.max(...layout.modules.map(({ layer }) => layer)) + 1 - layout.fromLayer
  for (const target of layout.targets) {
    const modules = layout.modules.filter((module) => module.target === target)
    const size = modules[0]!
    const rank = Math.max(...modules.map((module) => module.rank))
    const A = new Float32Array(thetas.length * layers * size.in * rank)
    const B = new Float32Array(thetas.length * layers * rank * size.out)
    for (const [k, theta] of thetas.entries()) {
      for (const module of modules) {
        const place = k * layers + module.layer - layout.fromLayer
        for (let i = 0; i < module.in; i++) {
          const row = theta.subarray(module.A + i * module.rank, module.A + (i + 1) * module.rank)
          A.set(row, (place * module.in + i) * rank)
        }
        const start = place * rank * module.out
        for (let i = 0; i < module.rank * module.out; i++) B[start + i] = module.scale * theta[module.B + i]!
      }
    }
    inputs[`lora_A.${target}`] = new Tensor('float32', A, [thetas.length * layers, size.in, rank])
    inputs[`lora_B.${target}`] = new Tensor('float32', B, [thetas.length * layers, rank, size.out])
  }
  return inputs
}
