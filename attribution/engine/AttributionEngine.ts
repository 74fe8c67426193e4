import type { Digest, EngineDocument } from '../../kernel/index.ts'
import type { AttributionMethod } from '../influence/AttributionMethod.ts'
import type { RowReader } from '../influence/scoreRows.ts'
import type { ResidentRows } from '../influence/residentRows.ts'

export type Counterfactuals = { theta: Float32Array; thetasWithout: readonly Float32Array[] }
export type InfluenceVectors = { influence: RowReader | ResidentRows; samples: number }

/** One version of what scores answers: its document, and its methods as they are bound to the evidence of an adapter. */
export type AttributionEngine = {
  document: EngineDocument
  digest: Digest
  /** Groups, at once. */
  receipt: (evidence: Counterfactuals) => AttributionMethod
  /** Groups, as it is paid. */
  money: (evidence: Counterfactuals) => AttributionMethod
  /** Inside groups, by the scores of an epoch's unroll [N]. */
  insideGroups: (evidence: { scores: Float64Array }) => AttributionMethod
  /** Inside groups, by influence vectors. */
  fallback: (evidence: InfluenceVectors) => AttributionMethod
  /** Inside groups, where nothing is split. */
  unsplit: (evidence: { samples: number }) => AttributionMethod
}
