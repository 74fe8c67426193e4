import { TributaryError } from '../../kernel/index.ts'
import type { AttributionMethod } from './AttributionMethod.ts'
import { counterfactualLinear } from './counterfactual/counterfactualLinear.ts'
import { hessianFree } from './hessianFree/hessianFree.ts'

/** Every method by the id that traces store. A changed formula is a new id; an old one stays, or old traces die. */
export const attributionMethods = {
  'counterfactual-linear/1': { role: 'group', bind: counterfactualLinear },
  'hessian-free/1': { role: 'sample', bind: hessianFree },
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
