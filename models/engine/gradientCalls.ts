import type { AdapterLayout } from '../adapters/AdapterLayout.ts'
import type { EncodedRow } from '../train/EncodedRow.ts'

/** Rows of one padded size. Each pairs one of `samples` with one of the adapters in `thetas`. */
export type GradientBatch = {
  paddedLength: number
  labelSlots: number
  /** `hidden` [paddedLength, hidden size]: the state that enters the first adapted block. */
  samples: { row: EncodedRow; hidden: Float32Array }[]
  sampleOfRow: Int32Array
  adapterOfRow: Int32Array
  /** Adapters one after the other, [adapters, P]; shared memory where possible. */
  thetas: Float32Array
}

/** For each row its loss in nats (mean over its labels), and its gradient [P], one after the other. */
export type GradientResult = { losses: Float32Array; gradients: Float32Array }

export type GradientCalls = {
  open: {
    input: {
      prefix: Uint8Array
      gradient: Uint8Array
      dir: string
      threads: number
      hiddenSize: number
      layout: AdapterLayout
    }
    output: null
  }
  prefix: { input: { rows: EncodedRow[] }; output: Float32Array }
  gradients: { input: GradientBatch; output: GradientResult }
}
