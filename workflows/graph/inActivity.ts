import { TributaryError } from '../../kernel/index.ts'

/**
 * The body of a node that lives in an activity: `builder.addNode('score', inActivity)`.
 * It is replaced when durableGraph places the node; run by plain LangGraph it throws graph/not-placed.
 */
export function inActivity(): never {
  throw new TributaryError('This node runs as an activity, and this graph was not made durable.', {
    code: 'graph/not-placed',
    tryThis: "run it through durableGraph, with { as: 'activity', activity: '<tool>', timeout } for the node",
  })
}
