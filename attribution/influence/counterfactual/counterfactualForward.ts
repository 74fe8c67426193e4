import { TributaryError } from '../../../kernel/index.ts'
import type { AttributionMethod, MethodFacts } from '../AttributionMethod.ts'
import { checkGroupBudget } from './groupBudget.ts'

export const counterfactualForwardFacts = {
  id: 'counterfactual-forward/1',
  role: 'group',
  family: 'influence',
  claim:
    'the loss that this answer gains when the adapter is trained again without the group, computed with that adapter',
} as const satisfies MethodFacts

/**
 * Scores payee groups by running adapters that were trained without them: the definition itself, nothing linearised.
 *
 *   score[c] = loss(answer; thetaWithout[c]) - loss(answer; theta)
 *
 * Shapes: `theta` [P], `thetasWithout` K of [P], K <= 64; a score is [K], in nats, positive = the group helped.
 * Cost: one call of the query's `lossesAt` with K + 1 adapters. A group's score does not depend on the others.
 * Throws attribution/group-budget, attribution/shape, attribution/query without `lossesAt`, attribution/not-finite.
 */
export function counterfactualForward({
  theta,
  thetasWithout,
}: {
  theta: Float32Array
  thetasWithout: readonly Float32Array[]
}): AttributionMethod {
  checkGroupBudget(thetasWithout.length)
  const other = thetasWithout.findIndex((without) => without.length !== theta.length)
  if (other >= 0) {
    throw refusal('shape', 'A counterfactual adapter is not of the layout of the main one.', {
      group: other,
      theta: theta.length,
      thetaWithout: thetasWithout[other]!.length,
    })
  }
  return {
    ...counterfactualForwardFacts,
    count: thetasWithout.length,
    score: async ({ lossesAt }) => {
      if (!lossesAt) throw refusal('query', 'The forward form needs losses of the answer at given adapters.', {})
      const losses = await lossesAt([theta, ...thetasWithout])
      if (losses.length !== thetasWithout.length + 1) {
        throw refusal('shape', 'There are not as many losses as adapters.', {
          losses: losses.length,
          adapters: thetasWithout.length + 1,
        })
      }
      return Float64Array.from(thetasWithout, (_, c) => {
        const score = losses[c + 1]! - losses[0]!
        if (Number.isFinite(score)) return score
        throw refusal('not-finite', 'A loss of the answer is not a number.', {
          group: c,
          without: String(losses[c + 1]),
          loss: String(losses[0]),
        })
      })
    },
  }
}

function refusal(
  what: 'shape' | 'query' | 'not-finite',
  message: string,
  facts: Record<string, string | number>,
): TributaryError {
  return new TributaryError(message, {
    code: `attribution/${what}`,
    facts,
    tryThis: 'pass the adapters of one training run, and a query whose lossesAt runs the answer with each of them',
  })
}
