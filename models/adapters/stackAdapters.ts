import { Tensor } from 'onnxruntime-node'
import type { AdapterLayout } from './AdapterLayout.ts'

/**
 * The graph inputs `lora_A.<target>` [adapters · layers, in, r] and `lora_B.<target>` [adapters · layers, r, out] of
 * several adapters of one layout. The scale alpha / rank goes into B.
 */
export function stackAdapters(layout: AdapterLayout, thetas: readonly Float32Array[]): Record<string, Tensor> {
  const inputs: Record<string, Tensor> = {}
  for (const { target, factor, rows, columns, offset, length } of layout.parts) {
    const data = new Float32Array(thetas.length * length)
    for (const [i, theta] of thetas.entries()) data.set(theta.subarray(offset, offset + length), i * length)
    const scale = layout.alpha / layout.rank
    if (factor === 'B' && scale !== 1) for (let i = 0; i < data.length; i++) data[i]! *= scale
    inputs[`lora_${factor}.${target}`] = new Tensor('float32', data, [thetas.length * layout.layers, rows, columns])
  }
  return inputs
}
