import type { AttributionMethod, MethodFacts } from './AttributionMethod.ts'

export const unsplitFacts = {
  id: 'unsplit/1',
  role: 'sample',
  family: 'influence',
  claim: 'nothing: the evidence of the split inside payee groups is below the floor of the revenue rule',
} as const satisfies MethodFacts

/**
 * No split inside a group: every sample scores 0. The fallback of a revenue rule where the evidence of the split is below its
 * floor: payees who are a group of their own keep their removal effect, what other groups earned goes to the Datanet's pool.
 */
export function unsplit({ samples }: { samples: number }): AttributionMethod {
  return { ...unsplitFacts, count: samples, score: async () => new Float64Array(samples) }
}
