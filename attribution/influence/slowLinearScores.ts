/** The readable reference of linearScores: the definition, sum by sum. Shapes and units as there; checks nothing. */
export function slowLinearScores(gradient: Float32Array, rows: Float32Array): Float64Array {
  const scores = new Float64Array(rows.length / gradient.length)
  for (const i of scores.keys()) {
    for (const [p, g] of gradient.entries()) scores[i]! += g * rows[i * gradient.length + p]!
  }
  return scores
}
