import { digestOf, engineDocumentSchema, TributaryError, type Digest, type EngineDocument } from '../../kernel/index.ts'
import { counterfactualForward } from '../influence/counterfactual/counterfactualForward.ts'
import { counterfactualLinear } from '../influence/counterfactual/counterfactualLinear.ts'
import { hessianFree } from '../influence/hessianFree/hessianFree.ts'
import { unrollEpoch } from '../influence/unroll/unrollEpoch.ts'
import { unsplit } from '../influence/unsplit.ts'
import { shareRules } from '../shares/shareRules.ts'
import type { AttributionEngine } from './AttributionEngine.ts'
import { codeDigest } from './codeDigest.ts'

/** What scores the answers of a new installation, until governance replaces it. */
export const firstEngineDocument: EngineDocument = engineDocumentSchema.parse({
  v: 1,
  receipt: 'counterfactual-linear/1',
  money: 'counterfactual-forward/1',
  insideGroups: 'unroll-epoch/1',
  fallback: 'hessian-free/1',
  unsplit: 'unsplit/1',
  scores: 'micro-nats, nearest, halves upwards',
  shares: 'parts per million, largest remainder',
  shareRules: [...shareRules.keys()],
  code: codeDigest,
})

export const firstEngine: AttributionEngine = {
  document: firstEngineDocument,
  digest: digestOf(firstEngineDocument),
  receipt: counterfactualLinear,
  money: counterfactualForward,
  insideGroups: unrollEpoch,
  fallback: hessianFree,
  unsplit,
}

/** The versions on board, by their digests. A version that receipts were scored by stays. */
export type EngineBoard = ReadonlyMap<Digest, AttributionEngine>

export const attributionEngines: EngineBoard = new Map([[firstEngine.digest, firstEngine]])

/**
 * The version of this digest; receipts of before versions were governed name none, and are of the first.
 * Throws attribution/unknown-engine where it is not on board: no other version stands in for it.
 */
export function engineOf(board: EngineBoard, digest: Digest | undefined): AttributionEngine {
  const found = digest === undefined ? firstEngine : board.get(digest)
  if (found) return found
  throw new TributaryError('The version of the attribution engine that this asks for is not on board.', {
    code: 'attribution/unknown-engine',
    facts: { engine: digest ?? '', onBoard: [...board.keys()] },
    tryThis: 'use a release that has this version: what it scored can be replayed with it alone',
  })
}
