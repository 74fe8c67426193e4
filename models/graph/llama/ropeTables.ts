import type { Graph } from '../Graph.ts'
import type { RotaryTables } from '../ops/rotary.ts'
import type { LlamaConfig } from './LlamaConfig.ts'
import { ropeFrequencies } from './ropeFrequencies.ts'

/**
 * cos and ± sin of position · frequency (see ropeFrequencies), times its scale: [maxPositions, headDim / 2].
 * The angle is rounded to 32 bits as the reference implementations do.
 */
export function ropeTables(graph: Graph, config: LlamaConfig, maxPositions: number): RotaryTables {
  const { frequencies, scale } = ropeFrequencies(config)
  const half = frequencies.length
  const [cos, sin, minusSin] = [0, 1, 2].map(() => new Float32Array(maxPositions * half)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ]
  for (const [i, frequency] of frequencies.entries()) {
    for (let position = 0; position < maxPositions; position++) {
      const angle = Math.fround(position * frequency)
      const at = position * half + i
      cos[at] = scale * Math.cos(angle)
      sin[at] = scale * Math.sin(angle)
      minusSin[at] = -scale * Math.sin(angle)
    }
  }
  const dims = [maxPositions, half]
  return {
    cos: graph.table('rope.cos', dims, cos),
    sin: graph.table('rope.sin', dims, sin),
    minusSin: graph.table('rope.minus_sin', dims, minusSin),
  }
}
