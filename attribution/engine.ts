import { digestOf } from '../kernel/index.ts'

/**
 * What scores the answers of today, as the governed document that it is: which method a tier's scores are of. A later version is
 * another document, adopted by a vote; traces name the methods themselves, so that those of before are replayed by what made them.
 */
export const attributionEngine = {
  v: 1,
  receipt: 'counterfactual-linear/1',
  money: 'counterfactual-forward/1',
  insideGroups: 'unroll-epoch/1',
  fallback: 'hessian-free/1',
} as const

/** What the chain calls it by. */
export const attributionEngineDigest = digestOf(attributionEngine)
