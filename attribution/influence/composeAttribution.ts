import { ppmInteger, type Attribution, type Digest, type PayeeId, type RevenueRule } from '../../kernel/index.ts'
import { divideByShares } from '../shares/divideByShares.ts'
import type { AttributionMethod } from './AttributionMethod.ts'
import { splitInsideGroups, type SampleOwner } from './splitInsideGroups.ts'
import { topSamples } from './topSamples.ts'

/** One answer's scores, and whose they are. */
export type ScoredAnswer = {
  receipt: Digest
  /** The version that scores it, where its receipt names one. */
  engine?: Digest | undefined
  adapterSet: Digest
  /** In force for the receipt: its share rule and noise floor decide the shares. */
  rule: Pick<RevenueRule, 'shareRule' | 'noiseFloorMicroNats'>
  /** As the run was planned: group c is what counterfactual adapter c was trained without. */
  groups: readonly (readonly PayeeId[])[]
  /** In the order of the run: sample i is row i of the influence vectors. */
  samples: readonly SampleOwner[]
  methods: { group: AttributionMethod['id']; sample: AttributionMethod['id'] }
  /** [K], nats */
  groupScores: Float64Array
  /** [N], nats */
  sampleScores: Float64Array
  /** How many samples to name. */
  top?: number
}

/**
 * The record of who an answer goes back to: integers only, so that its canonical bytes can be hashed and replayed.
 *
 * Groups and payees by splitInsideGroups; payees' `sharePpm` is their part of the contributors' money by the share rule
 * (1,000,000 less the pool's part), samples' by topSamples. All payees are listed, the largest share first, then the largest
 * score, then by id. `method` is 'group id+sample id'. Cost: sorts of N and of the payees. Throws as its parts do.
 */
export function composeAttribution(answer: ScoredAnswer): Attribution {
  const { receipt, engine, adapterSet, rule, methods, samples, sampleScores, top: count = 5 } = answer
  const { groups, payees } = splitInsideGroups(answer)
  const shares = new Map(
    divideByShares(1_000_000n, rule, { groups, payees }).payees.map((s) => [s.payee, Number(s.part)]),
  )
  const listed = payees.map((score) => ({ ...score, sharePpm: ppmInteger.parse(shares.get(score.payee)) }))
  listed.sort((a, b) => b.sharePpm - a.sharePpm || b.scoreMicroNats - a.scoreMicroNats || (a.payee < b.payee ? -1 : 1))
  const top = topSamples({ samples, sampleScores, payeeSharesPpm: shares, count })
  const named = engine === undefined ? {} : { engine }
  const method = `${methods.group}+${methods.sample}`
  return { v: 1, receipt, method, ...named, adapterSet, groups, payees: listed, top }
}
