import type { Graph, Val } from '../Graph.ts'
import { requireType } from './sameType.ts'

/** Tables [positions, headDim / 2] of the cosine, the sine and minus the sine of each angle. */
export type RotaryTables = { readonly cos: Val; readonly sin: Val; readonly minusSin: Val }

/**
 * Rotary position embedding of x [b, s, heads * headDim] at positions [b, s] (halves, as in Llama).
 * A rotation, so its derivative is the rotation by minus the angle.
 */
export function rotary(graph: Graph, x: Val, positions: Val, { cos, sin, minusSin }: RotaryTables): Val {
  requireType('rotary', positions, 'i64')
  return graph.op('RotaryEmbedding', [x, positions, cos, sin], {
    domain: 'com.microsoft',
    shape: x.shape,
    vjp: (gradient) => [rotary(graph, gradient, positions, { cos, sin: minusSin, minusSin: sin })],
  })
}
