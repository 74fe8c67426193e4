import { projectionName } from '../graph/index.ts'
import type { AdapterLayout, AdapterPart } from './AdapterLayout.ts'

/** One tensor of a PEFT file: A as [rank, in], B as [out, rank], each the transpose of its slice of theta. */
export type PeftTensor = {
  readonly name: string
  readonly shape: readonly [number, number]
  readonly part: AdapterPart
  /** Start of the slice in theta. */
  readonly offset: number
}

/** The tensors of an adapter in the order of their file: sorted by name, as the safetensors library writes them. */
export function peftTensors(layout: AdapterLayout): PeftTensor[] {
  const tensors = layout.parts.flatMap((part) =>
    Array.from({ length: layout.layers }, (_, i): PeftTensor => {
      const path = projectionName(layout.fromLayer + i, part.target)
      return {
        name: `base_model.model.${path}.lora_${part.factor}.weight`,
        shape: [part.columns, part.rows],
        part,
        offset: part.offset + i * part.rows * part.columns,
      }
    }),
  )
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
