import { encode } from '../payload/encode.ts'
import { nodeCall } from './nodeCall.ts'

/**
 * Adds a custom event to the log of the graph that called this activity, as `getWriter()` does in a node of the sandbox.
 * Whoever streams the graph sees it within a fifth of a second, while the activity is at work. The n-th event of a step is
 * logged once, though the activity be tried again. Cost: events are sent together, as one signal for each fifth of a second; a step
 * that emits for hours sends them less and less often, each minute at last.
 * Throws graph/no-node, graph/payload.
 */
export function emit(data: unknown): void {
  encode(data) // refuses here, where it was made
  nodeCall().emit(data)
}
