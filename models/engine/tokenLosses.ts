import { Tensor, type InferenceSession } from 'onnxruntime-node'
import { lossRises } from './lossRises.ts'

export type TokenLosses = {
  /** [labels], nats, at the first state. */
  reference: Float64Array
  /** [states - 1, labels]: how much more at each of the others. */
  rises: Float64Array
}

/**
 * Loss of each label at the first of some states, and its rise at each of the others (lossRises), by the graphs
 * `reference` and `changes` of answerGraphs. Differences are kept as such, since two losses in float32 are each rounded.
 * Shapes: `states` each [slots, hidden], `labels` [labels <= slots]. Cost: two products of the reference with the
 * vocabulary, then that of lossRises.
 */
export async function tokenLosses(
  sessions: { reference: InferenceSession; changes: InferenceSession },
  { states, slots, labels }: { states: readonly Float32Array[]; slots: number; labels: Int32Array },
): Promise<TokenLosses> {
  const base = states[0]!
  const hidden = base.length / slots
  const ids = new BigInt64Array(slots)
  for (const [j, label] of labels.entries()) ids[j] = BigInt(label)
  const found = await sessions.reference.run({
    states: new Tensor('float32', base, [1, slots, hidden]),
    target_ids: new Tensor('int64', ids, [1, slots]),
  })
  const of = (name: 'nll' | 'p' | 'mean' | 'label') => found[name]!.data as Float32Array
  const rises = await lossRises(
    { p: of('p'), mean: of('mean'), label: of('label'), slots },
    { states, labels: labels.length },
    async (tokens, moved) => {
      const { changes } = await sessions.changes.run({
        token_ids: new Tensor('int64', tokens, [tokens.length]),
        moved: new Tensor('float32', moved, [moved.length / hidden, hidden]),
      })
      const data = (changes!.data as Float32Array).slice()
      changes!.dispose()
      return data
    },
  )
  const reference = Float64Array.from(of('nll').subarray(0, labels.length))
  for (const tensor of Object.values(found)) tensor.dispose()
  return { reference, rises }
}
