import type { Digest } from '../../kernel/index.ts'
import type { AdapterLayout } from '../adapters/AdapterLayout.ts'
import type { LlamaConfig } from '../graph/index.ts'
import type { FinishReason, Job } from '../serve/DecodeLoop.ts'

export type ServeCalls = {
  open: {
    input: {
      graph: Uint8Array
      dir: string
      threads: number
      config: LlamaConfig
      layout: AdapterLayout
      rows: number
    }
    output: null
  }
  addAdapter: { input: { digest: Digest; theta: Float32Array }; output: null }
  submit: { input: Job; output: null }
  cancel: { input: { id: number }; output: null }
}

export type ServeEvent =
  | { kind: 'token'; id: number; token: number }
  | { kind: 'finish'; id: number; reason: FinishReason }
  | { kind: 'fail'; id: number; reason: string }
