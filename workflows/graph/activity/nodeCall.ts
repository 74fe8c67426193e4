import { AsyncLocalStorage } from 'node:async_hooks'
import { TributaryError } from '../../../kernel/index.ts'

/** What an activity knows of the node that called it. */
export type NodeCall = {
  /** Answers to what it asked before, in order. */
  answers: readonly unknown[]
  /** How much it has asked in this attempt. */
  asked: number
  emit: (data: unknown) => void
}

export const nodeCalls = new AsyncLocalStorage<NodeCall>()

/** The call at hand. Throws graph/no-node outside of an activity of a durable graph. */
export function nodeCall(): NodeCall {
  const call = nodeCalls.getStore()
  if (call !== undefined) return call
  throw new TributaryError('This is no activity of a durable graph.', {
    code: 'graph/no-node',
    tryThis: 'call emit and interrupt inside of a tool that createWorker got, called by a node',
  })
}
