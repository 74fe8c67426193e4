import { judgeDuplicates } from '../../datanets/index.ts'
import type { Row } from '../renderTable.ts'
import { copiesOf, exactly } from './attacks.ts'
import { gameTexts, payeesOf } from './gameTexts.ts'

/**
 * Whose samples the filter keeps when somebody commits another's texts: the earlier commitment decides. With salted digests
 * on chain a text is first seen when it is revealed, after it was committed, so the copy is always the later one; where the
 * clock of an operator decided, a copy could come first. Needs no training: what is kept is the honest market or it is not.
 */
export function frontRunningRows(seed: number): Row[] {
  const { samples } = gameTexts(seed)
  const payees = payeesOf(samples)
  const lost = payees.map((victim, i) => {
    const attacker = payees[(i + 1) % payees.length]!
    const copies = copiesOf(samples, { attacker, whose: victim, rounds: 1, make: exactly })
    const own = samples.filter(({ text }) => text.payee === victim)
    const rejected = (first: typeof own, then: typeof own): number =>
      judgeDuplicates([...first, ...then].map(({ text }) => text))
        .slice(first.length)
        .filter(({ verdict }) => verdict === 'reject').length / then.length
    return { copyLater: rejected(own, copies), copyFirst: rejected(copies, own) }
  })
  const mean = (of: (one: (typeof lost)[number]) => number): number =>
    lost.reduce((sum, one) => sum + of(one), 0) / lost.length
  return [
    {
      figure: 'front-running, seen at the reveal: copies that the filter rejects',
      value: mean(({ copyLater }) => copyLater),
      unit: 'of the copies; the victim keeps all',
    },
    {
      figure: 'front-running, if the copy could be committed first: samples of the victim that the filter rejects',
      value: mean(({ copyFirst }) => copyFirst),
      unit: 'of the samples: why commitments are salted and on chain',
    },
  ]
}
