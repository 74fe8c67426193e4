import { TributaryError } from '../../kernel/index.ts'
import type { AttributionMethod } from './AttributionMethod.ts'
import { bm25, bm25Facts } from './bm25/bm25.ts'
import { counterfactualForward, counterfactualForwardFacts } from './counterfactual/counterfactualForward.ts'
import { counterfactualLinear, counterfactualLinearFacts } from './counterfactual/counterfactualLinear.ts'
import { dataInf, dataInfFacts } from './dataInf/dataInf.ts'
import { fisher, fisherFacts } from './fisher/fisher.ts'
import { gradientDot, gradientDotFacts } from './gradientDot/gradientDot.ts'
import { hiddenCosine, hiddenCosineFacts } from './hiddenCosine/hiddenCosine.ts'
import { tracin, tracinFacts } from './tracin/tracin.ts'
import { hessianFree, hessianFreeFacts } from './hessianFree/hessianFree.ts'
import { unsplit, unsplitFacts } from './unsplit.ts'
import { unrollEpoch, unrollEpochFacts } from './unroll/unrollEpoch.ts'
import { unrollFacts, unrollMethod } from './unroll/unrollMethod.ts'

/**
 * Every method by the id that traces store. A changed formula is a new id; an old one stays, or old traces die.
 * With each its facts, so that a face can say what a stored id claims. Similarity is only ever a fallback under its own name.
 */
export const attributionMethods = {
  'counterfactual-linear/1': { ...counterfactualLinearFacts, bind: counterfactualLinear },
  'counterfactual-forward/1': { ...counterfactualForwardFacts, bind: counterfactualForward },
  'hessian-free/1': { ...hessianFreeFacts, bind: hessianFree },
  'unroll/1': { ...unrollFacts, bind: unrollMethod },
  'unroll-epoch/1': { ...unrollEpochFacts, bind: unrollEpoch },
  'unsplit/1': { ...unsplitFacts, bind: unsplit },
  'tracin/1': { ...tracinFacts, bind: tracin },
  'datainf/1': { ...dataInfFacts, bind: dataInf },
  'fisher/1': { ...fisherFacts, bind: fisher },
  'gradient-dot/1': { ...gradientDotFacts, bind: gradientDot },
  'hidden-cosine/1': { ...hiddenCosineFacts, bind: hiddenCosine },
  'bm25/1': { ...bm25Facts, bind: bm25 },
} as const

/**
 * Takes the `method` of an Attribution apart: 'counterfactual-linear/1+hessian-free/1' is the one for groups, then the one
 * for samples. Throws attribution/unknown-method for an id that is not registered, or stands in the other's place.
 */
export function readMethodIds(method: string): {
  group: keyof typeof attributionMethods
  sample: keyof typeof attributionMethods
} {
  const [group, sample, ...more] = method.split('+')
  if (more.length > 0 || !isMethod(group, 'group') || !isMethod(sample, 'sample')) {
    throw new TributaryError(`Nobody here can compute the attribution method ${method}.`, {
      code: 'attribution/unknown-method',
      facts: { method, known: Object.keys(attributionMethods) },
      tryThis: 'use a release that knows the method, or the one that wrote the trace',
    })
  }
  return { group, sample }
}

function isMethod(id: string | undefined, role: AttributionMethod['role']): id is keyof typeof attributionMethods {
  return (
    id !== undefined &&
    Object.entries(attributionMethods).some(([known, { role: its }]) => known === id && its === role)
  )
}
