import type { Digest, EngineStamp } from '../../kernel/index.ts'
import type { Adapter } from '../adapters/Adapter.ts'
import type { AdapterLayout } from '../adapters/AdapterLayout.ts'
import type { BaseModel } from '../load/openBase.ts'
import type { EncodedRow } from '../train/EncodedRow.ts'

/**
 * How answers are computed. `fp32` is attested: an audit makes the same bits again. `int4` multiplies with the packed
 * weights: twice as fast, for answers that nobody audits. Nothing is lost in the weights, but inputs are rounded to 8
 * bits: on real text the likeliest token is that of fp32 at 19 of 20 places, and at all where fp32 is sure of it
 * (half a nat over the second).
 */
export type EngineMode = 'fp32' | 'int4'

export type GenerateRequest = {
  /** The prompt, as the chat template makes it. */
  promptIds: readonly number[]
  /** Digest of an adapter that the engine knows; absent: the base model. */
  adapter?: Digest
  maxTokens: number
  /** 0, the default, takes the most likely token each time. */
  temperature?: number
  /** 1 unless given. */
  topP?: number
  /** Decides every draw; 0 unless given. */
  seed?: number
  signal?: AbortSignal
  /** Called with each token and the text that it completes (which may be empty within a character). */
  onToken?: (token: number, text: string) => void
}

export type Answer = {
  readonly ids: number[]
  readonly text: string
  /** `stop`: the model ended it; `length`: maxTokens did. */
  readonly finish: 'stop' | 'length'
  readonly promptTokens: number
  /** Length to which the prompt was padded: its own, so a row's bits depend on nothing else. */
  readonly paddedLength: number
}

/** One row of a gradient batch: an encoded sample, its cached state, and which of the given adapters it runs with. */
export type GradientRow = { readonly row: EncodedRow; readonly hidden: Float32Array; readonly adapter: number }

export type RowGradient = {
  /** Mean over the labels. */
  readonly lossNats: number
  /** [P], in the order of theta. */
  readonly gradient: Float32Array
}

export type AnswerGradientRequest = {
  promptIds: readonly number[]
  answerIds: readonly number[]
  adapter?: Digest
  /** Only the first so many tokens of the answer count; 32 unless given. */
  maxLabels?: number
}

/**
 * One base model at work: answers, losses and gradients, with any adapters side by side. All of it runs in worker
 * threads; the event loop of the caller is never blocked for longer than a copy.
 */
export type Engine = {
  readonly base: BaseModel
  readonly layout: AdapterLayout
  readonly mode: EngineMode
  readonly stamp: EngineStamp
  /** Tokens of prompt and answer together, at most. */
  readonly contextTokens: number
  /** Makes an adapter known by its digest. Throws models/adapter-layout. */
  addAdapter(digest: Digest, adapter: Adapter): Promise<void>
  hasAdapter(digest: Digest): boolean
  /** Throws models/context-length, models/unknown-adapter, models/token-range, models/cancelled, models/runtime. */
  generate(request: GenerateRequest): Promise<Answer>
  /**
   * Loss of an answer (mean nats a token) and its gradient with respect to the adapter's numbers.
   * Cost: 26/30 of a forward pass over prompt and answer, then the gradient of the adapted blocks.
   */
  answerGradient(request: AnswerGradientRequest): Promise<RowGradient & { labels: number }>
  /** The frozen state that enters the first adapted block, [paddedLength, hidden] for each row. */
  prefixStates(rows: readonly EncodedRow[], layout?: AdapterLayout): Promise<Float32Array[]>
  /** Losses and gradients in the order of `rows`; `thetas` are adapters of `layout`, the engine's own unless given. */
  rowGradients(
    rows: readonly GradientRow[],
    thetas: readonly Float32Array[],
    layout?: AdapterLayout,
  ): Promise<RowGradient[]>
  close(): Promise<void>
}
