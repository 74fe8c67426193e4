const found = 'else if (isGraphBubbleUp(error) && !isGraphInterrupt(graphBubbleUp)) graphBubbleUp = error;'

/**
 * A webpack loader for LangGraph's runner of supersteps: a branch that was stopped at a boundary, after another had asked a
 * question, counts there as one that failed, and every other branch is abandoned, its activity with it. It only has stopped.
 *
 * @param {string} source
 */
export default function drainBesideInterrupt(source) {
  if (!source.includes(found)) throw new Error('the runner of this version of LangGraph is another: look at its tick')
  return source.replace(found, `else if (isGraphDrained(error) && isGraphInterrupt(graphBubbleUp)) continue;\n${found}`)
}
