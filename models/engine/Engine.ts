import type { AttestedStamp, Digest } from '../../kernel/index.ts'
import type { Adapter } from '../adapters/Adapter.ts'
import type { AdapterLayout } from '../adapters/AdapterLayout.ts'
import type { BaseModel } from '../load/openBase.ts'
import type { Place, Wanted } from '../serve/Admission.ts'
import type { EncodedRow } from '../train/EncodedRow.ts'
import type { AnswerLogprob } from './answerLogprobs.ts'

/**
 * How answers are computed. `fp32` is attested: an audit makes the same bits again. The others multiply with the packed
 * weights, in which nothing is lost, for answers that nobody audits. `int4` rounds inputs to 8 bits, as llama.cpp does:
 * on real text the likeliest token is that of fp32 at 19 of 20 places, and at all where fp32 is sure of it (half a nat over
 * the second). `int4a16` keeps 16 bits of the inputs: the same token at more than 999 of 1,000 places; at one request 1.7
 * times as fast as fp32, at eight nine tenths as fast, with a fifth of its weights in memory.
 */
export type EngineMode = 'fp32' | 'int4' | 'int4a16'

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
  /** The answer ends before the first of these in its text, none of which is empty; at most 4. */
  stop?: readonly string[]
  /** A JSON schema as text, which checkSchema lets through: the answer is valid by it, or cut by maxTokens. */
  schema?: string
  /** Asks for log-probabilities: of each token, and of so many likeliest at its place, up to 20. */
  topLogprobs?: number
  /** Whose share of the engine it takes. Requests without one are the operator's own, and share a place in the line. */
  payer?: string
  /** Room that was kept for it; without one it is admitted now. Given back when the answer is over. */
  place?: Place
  /** Frees its row at once, also while it waits or its prompt is computed. */
  signal?: AbortSignal
  /** Ends the answer where it is, if it has a token: what was made is the answer, and `finish` is `length`. */
  enough?: AbortSignal
  /**
   * Called with each token and the text that became certain with it: none within a character, or while it may be the
   * beginning of a stop string. What waits at the end of the answer is in its text alone.
   */
  onToken?: (token: number, text: string) => void
}

export type Answer = {
  readonly ids: number[]
  readonly text: string
  /** `stop`: the model or a stop string ended it; `length`: maxTokens did. */
  readonly finish: 'stop' | 'length'
  readonly promptTokens: number
  /** Length to which the prompt was padded: its own, so a row's bits depend on nothing else. */
  readonly paddedLength: number
  readonly logprobs?: AnswerLogprob[]
}

export type EngineProgress = {
  /** Answers that wait for a row, and that have one. */
  waiting: number
  running: number
  /** Tokens of prompts and answers that may still have to be computed. */
  openTokens: number
  /** Of prompts and answers, lately, while there was work. */
  tokensPerSecond: number
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

export type AnswerLossesRequest = {
  promptIds: readonly number[]
  answerIds: readonly number[]
  /** Adapters of the layout; the first is the one that the others are compared with. */
  thetas: readonly Float32Array[]
  /** The engine's own unless given. */
  layout?: AdapterLayout
  /** Only the first so many tokens of the answer count; 32 unless given. */
  maxLabels?: number
}

export type AnswerLosses = {
  /** Mean over the labels, in the order of the adapters. */
  readonly lossesNats: number[]
  /** Of each label, adapter by adapter. */
  readonly tokenLossesNats: Float64Array[]
  readonly labels: number
}

/**
 * One base model at work: answers, losses and gradients, with any adapters side by side. All of it runs in worker
 * threads; the event loop of the caller is never blocked for longer than a copy.
 */
export type Engine = {
  readonly base: BaseModel
  readonly layout: AdapterLayout
  readonly mode: EngineMode
  readonly stamp: AttestedStamp
  /** Tokens of prompt and answer together, at most. */
  readonly contextTokens: number
  /**
   * Makes an adapter of any layout known by its digest, also while others decode. With `reload` the engine need not keep
   * its numbers: one that was not used for long is read again when it is asked for. Throws models/adapter-layout.
   */
  addAdapter(digest: Digest, adapter: Adapter, reload?: () => Promise<Adapter>): Promise<void>
  hasAdapter(digest: Digest): boolean
  readonly progress: EngineProgress
  /**
   * Keeps room for a request before it is paid. Throws models/busy with the seconds after which to ask again.
   */
  admit(request: Wanted): Promise<Place>
  /**
   * Throws models/context-length, models/unknown-adapter, models/token-range, models/cancelled, models/runtime,
   * models/schema-unsupported, models/schema-dead-end, and without a place models/busy.
   */
  generate(request: GenerateRequest): Promise<Answer>
  /**
   * Loss of an answer (mean nats a token) and its gradient with respect to the adapter's numbers, in the order of its own
   * layout. Cost: a forward pass of the frozen blocks over prompt and answer, then the gradient of the adapted ones.
   */
  answerGradient(request: AnswerGradientRequest): Promise<RowGradient & { labels: number }>
  /**
   * Losses of one answer with each of some adapters, above one frozen state. What an adapter gets does not depend on those
   * besides it and the first; differences to the first are exact to about 1e-6 nats. Throws models/gradient-rows.
   */
  answerLosses(request: AnswerLossesRequest): Promise<AnswerLosses>
  /**
   * The frozen state that enters the first block that a layout adapts, [paddedLength, hidden] for each row. The layout
   * here and below is the engine's own unless given; sessions of a layout open at its first use, and those not used for
   * longest close when their packed weights together are over 1.5 GB.
   */
  prefixStates(rows: readonly EncodedRow[], layout?: AdapterLayout): Promise<Float32Array[]>
  /** Losses and gradients in the order of `rows`; `thetas` are adapters of the layout. Throws models/gradient-rows. */
  rowGradients(
    rows: readonly GradientRow[],
    thetas: readonly Float32Array[],
    layout?: AdapterLayout,
  ): Promise<RowGradient[]>
  /** The losses of rowGradients to the bit, at less than half the cost. */
  rowLosses(rows: readonly GradientRow[], thetas: readonly Float32Array[], layout?: AdapterLayout): Promise<number[]>
  close(): Promise<void>
}
