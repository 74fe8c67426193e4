import type { Graph } from '../Graph.ts'
import type { RotaryTables } from '../ops/rotary.ts'
import type { LlamaConfig } from './LlamaConfig.ts'
import { headDim, ropeTheta } from './llamaSizes.ts'

/**
 * cos and ± sin of position · theta^(-2i / headDim), [maxPositions, headDim / 2].
 * Frequency and angle are rounded to 32 bits as the reference implementations do.
 */
export function ropeTables(graph: Graph, config: LlamaConfig, maxPositions: number): RotaryTables {
  const half = headDim(config) / 2
  const [cos, sin, minusSin] = [0, 1, 2].map(() => new Float32Array(maxPositions * half)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ]
  for (let i = 0; i < half; i++) {
    const frequency = Math.fround(1 / Math.fround(ropeTheta(config) ** (i / half)))
    for (let position = 0; position < maxPositions; position++) {
      const angle = Math.fround(position * frequency)
      const at = position * half + i
      cos[at] = Math.cos(angle)
      sin[at] = Math.sin(angle)
      minusSin[at] = -Math.sin(angle)
    }
  }
  const dims = [maxPositions, half]
  return {
    cos: graph.table('rope.cos', dims, cos),
    sin: graph.table('rope.sin', dims, sin),
    minusSin: graph.table('rope.minus_sin', dims, minusSin),
  }
}
