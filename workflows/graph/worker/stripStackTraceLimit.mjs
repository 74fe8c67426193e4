/**
 * A webpack loader: LangGraph's errors set `Error.stackTraceLimit` for a moment, to make interrupts cheap. Temporal's
 * sandbox freezes Error, so the assignment throws. buildWorkflowBundle checks afterwards that none is left.
 *
 * @param {string} source
 */
export default function stripStackTraceLimit(source) {
  return source.replace(/\bError\.stackTraceLimit = [^;]+;/g, ';')
}
