import type { AdapterLayout } from '../adapters/AdapterLayout.ts'
import type { LlamaConfig, WeightIndex } from '../graph/index.ts'
import type { EncodedRow } from '../train/EncodedRow.ts'
import type { TokenLosses } from './tokenLosses.ts'

/** Rows of one padded size. Each pairs one of `samples` with one of the adapters in `thetas`. */
export type GradientBatch = {
  layout: AdapterLayout
  paddedLength: number
  labelSlots: number
  /** `hidden` [paddedLength, hidden size]: the state that enters the first adapted block. */
  samples: { row: EncodedRow; hidden: Float32Array }[]
  sampleOfRow: Int32Array
  adapterOfRow: Int32Array
  /** Adapters one after the other, [adapters, P]; shared memory where possible. */
  thetas: Float32Array
  /** Without it, losses alone: less than half the work. */
  gradients: boolean
}

/** For each row its loss in nats (mean over its labels), and its gradient [P], one after the other. */
export type GradientResult = { losses: Float32Array; gradients: Float32Array }

/** One answer with each of some adapters [adapters, P], so many at a time. */
export type AnswerBatch = {
  layout: AdapterLayout
  row: EncodedRow
  hidden: Float32Array
  thetas: Float32Array
  rowsAtOnce: number
}

export type GradientCalls = {
  open: {
    input: { config: LlamaConfig; weights: WeightIndex; dir: string; threads: number }
    output: null
  }
  /** States [rows, paddedLength, hidden size] that enter block `to`. */
  prefix: { input: { rows: EncodedRow[]; to: number }; output: Float32Array }
  gradients: { input: GradientBatch; output: GradientResult }
  answer: { input: AnswerBatch; output: TokenLosses }
}
