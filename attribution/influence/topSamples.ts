import type { Attribution, PayeeId } from '../../kernel/index.ts'
import { ppmInteger } from '../../kernel/index.ts'
import { apportion } from '../shares/apportion.ts'
import type { SampleOwner } from './splitInsideGroups.ts'
import { toMicroNats } from './toMicroNats.ts'

/**
 * The samples behind an answer: each payee's share divided over its samples that helped.
 *
 *   sharePpm[i] = sharePpm of the payee · max(0, score[i]) / sum over the payee's samples, largest remainder
 *
 * so that the shares of all samples of a payee sum to the payee's (to 0 where none of them helped). `scoreMicroNats` is the
 * sample's own score by the sample method. Returns the first `count` by share, then score, then id.
 * Shapes: `samples` and `sampleScores` [N], nats. Cost: one sort of N.
 */
export function topSamples({
  samples,
  sampleScores,
  payeeSharesPpm,
  count,
}: {
  samples: readonly SampleOwner[]
  sampleScores: Float64Array
  payeeSharesPpm: ReadonlyMap<PayeeId, number>
  count: number
}): Attribution['top'] {
  const scored = samples.map(({ id, payee }, i) => {
    return { sample: id, payee, scoreMicroNats: toMicroNats(sampleScores[i]!), weight: helped(sampleScores[i]!) }
  })
  const all: Attribution['top'] = []
  for (const [payee, own] of Map.groupBy(scored, (sample) => sample.payee)) {
    const sorted = own.toSorted((a, b) => (a.sample < b.sample ? -1 : 1))
    const someHelped = sorted.some(({ weight }) => weight > 0n)
    const share = someHelped ? BigInt(payeeSharesPpm.get(payee) ?? 0) : 0n
    const parts = apportion(
      share,
      sorted.map(({ weight }) => weight),
    )
    for (const [i, { sample, scoreMicroNats }] of sorted.entries()) {
      all.push({ sample, payee, scoreMicroNats, sharePpm: ppmInteger.parse(Number(parts[i])) })
    }
  }
  all.sort((a, b) => b.sharePpm - a.sharePpm || b.scoreMicroNats - a.scoreMicroNats || (a.sample < b.sample ? -1 : 1))
  return all.slice(0, count)
}

function helped(nats: number): bigint {
  return nats > 0 ? BigInt(Math.round(nats * 1e12)) : 0n
}
