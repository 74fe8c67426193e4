import { allTargets, projectionName } from '../graph/index.ts'
import { FileCursor } from '../load/FileCursor.ts'
import { llamaFromGguf, rotaryHeads, safetensorsName, unpermuteRotary } from '../load/llamaFromGguf.ts'
import { readGguf } from '../load/readGguf.ts'
import { packQ41, packQ80 } from './packBlocks.ts'
import type { PackedMatrix } from './PackedMatrix.ts'

/**
 * The matrices of a GGUF that serving multiplies with (projections and head) and that packing keeps exactly: Q4_1 and
 * Q8_0. By the names of safetensors files, with rows in the order of those. Others stay float32. Throws as readGguf does.
 */
export function packGguf(file: string): Map<string, PackedMatrix> {
  const gguf = readGguf(file)
  const config = llamaFromGguf(gguf)
  const layers = Array.from({ length: config.num_hidden_layers }, (_, layer) => layer)
  const multiplied = new Set([
    ...layers.flatMap((layer) => allTargets.map((target) => `${projectionName(layer, target)}.weight`)),
    config.tie_word_embeddings ? 'model.embed_tokens.weight' : 'lm_head.weight',
  ])
  const packers: Record<string, typeof packQ41> = { Q4_1: packQ41, Q8_0: packQ80 }
  const cursor = new FileCursor(file)
  const packed = new Map<string, PackedMatrix>()
  try {
    for (const [name, { shape, type, offset, bytes: length }] of gguf.tensors) {
      const pack = packers[type.name]
      const tensor = safetensorsName(gguf, name)
      const [rows, columns] = shape
      if (!pack || !multiplied.has(tensor) || rows === undefined || columns === undefined) continue
      const bytes = Buffer.allocUnsafe(length)
      cursor.readAt(bytes, offset, `tensor ${name}`)
      const matrix = pack(bytes, { rows, columns })
      if (matrix) packed.set(tensor, unpermuted(matrix, rotaryHeads(config, name)))
    }
  } finally {
    cursor.close()
  }
  return packed
}

function unpermuted(matrix: PackedMatrix, heads: number): PackedMatrix {
  if (heads === 0) return matrix
  const order = { rows: matrix.rows, heads }
  return {
    ...matrix,
    codes: unpermuteRotary(matrix.codes, order),
    scales: unpermuteRotary(matrix.scales, order),
    ...(matrix.offsets ? { offsets: unpermuteRotary(matrix.offsets, order) } : {}),
  }
}
