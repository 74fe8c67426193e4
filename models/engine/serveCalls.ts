import type { Digest } from '../../kernel/index.ts'
import type { Adapter } from '../adapters/Adapter.ts'
import type { LlamaConfig } from '../graph/index.ts'
import type { DecoderParts } from '../serve/Decoder.ts'
import type { TokenLogprob } from '../serve/logprobs.ts'
import type { FinishReason, Job } from '../serve/Scheduler.ts'

/** A job as it crosses to the worker, which has the tokenizer and the schemas. */
export type SubmittedJob = Omit<Job, 'text' | 'constraint'> & { stop: readonly string[]; schema?: string }

export type ServeCalls = {
  open: {
    input: Omit<DecoderParts, 'session' | 'adapters'> & {
      graph: Uint8Array
      dir: string
      threads: number
      config: LlamaConfig
      /** Memory for adapters that nobody uses at the moment. */
      adapterBytes: number
    }
    output: null
  }
  addAdapter: { input: { digest: Digest; adapter: Adapter }; output: null }
  /** Throws models/adapter-absent where the adapter is not, or no more, in the worker's memory. */
  submit: { input: SubmittedJob; output: null }
  cancel: { input: { id: number }; output: null }
}

export type ServeEvent =
  | { kind: 'start'; id: number }
  | { kind: 'token'; id: number; token: number; logprob?: TokenLogprob }
  | { kind: 'finish'; id: number; reason: FinishReason }
  /** `error` is a coded one in its wire form, where it is one. */
  | { kind: 'fail'; id: number; reason: string; error?: unknown }
