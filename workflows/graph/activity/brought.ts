import { AsyncLocalStorage } from 'node:async_hooks'
import type { ApprovalVerdict } from '../../../kernel/index.ts'

/** What the interceptors of a bundle send with each activity, whoever calls it: a node of a graph or a plain workflow. */
export type Brought = {
  /** The workflows above the one that calls, the outermost first. */
  lineage: readonly string[]
  /** On the action that needed somebody's word, when it is called again. */
  verdict: ApprovalVerdict | undefined
}

export const brought = new AsyncLocalStorage<Brought>()
