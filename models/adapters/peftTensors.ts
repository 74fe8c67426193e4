import { projectionName } from '../graph/index.ts'
import type { AdapterLayout } from './AdapterLayout.ts'

/** One tensor of a PEFT file: A as [rank, in], B as [out, rank], each the transpose of its part of theta. */
export type PeftTensor = {
  readonly name: string
  readonly shape: readonly [number, number]
  /** Start of the part in theta, which is [shape[1], shape[0]] there. */
  readonly offset: number
}

/** The tensors of an adapter in the order of their file: sorted by name, as the safetensors library writes them. */
export function peftTensors(layout: AdapterLayout): PeftTensor[] {
  const tensors = layout.modules.flatMap(({ layer, target, rank, A, B, ...size }): PeftTensor[] => {
    const path = `base_model.model.${projectionName(layer, target)}`
    return [
      { name: `${path}.lora_A.weight`, shape: [rank, size.in], offset: A },
      { name: `${path}.lora_B.weight`, shape: [size.out, rank], offset: B },
    ]
  })
  return tensors.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** out[j, i] = in[i, j] for a row-major [rows, columns] slice. */
export function transposeInto(
  out: Float32Array,
  outAt: number,
  from: Float32Array,
  fromAt: number,
  rows: number,
  columns: number,
): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[outAt + j * rows + i] = from[fromAt + i * columns + j]!
  }
}
