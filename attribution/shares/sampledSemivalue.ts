import { TributaryError } from '../../kernel/index.ts'

/** One training without some of the payees: whom it kept, and the losses of the answers under it. */
export type CoalitionLoss = { kept: ReadonlySet<number>; lossNats: readonly number[] }

/**
 * What payees are worth over random markets instead of the full one, so that two who say the same are each worth something in
 * those that hold one of them: the Banzhaf value, by maximum sample reuse.
 *
 *   value[p][a] = mean of loss[a] over the coalitions without p - mean over those with p
 *
 * Knows no names and no likeness, so nobody can hide a substitute from it. The coalitions must be drawn (each payee in or out by
 * a fair coin) from a block hash after the version is frozen. Cost: one retraining on half of the samples for each coalition;
 * the standard error falls as 1 / sqrt(coalitions). Source: Wang and Jia, Data Banzhaf (arXiv 2205.15466), section 4.
 * Returns [payees][answers], nats, positive: helped. Throws attribution/coalitions when a payee is in all of them or in none.
 */
export function sampledSemivalue(coalitions: readonly CoalitionLoss[], payees: number): number[][] {
  const answers = coalitions[0]?.lossNats.length ?? 0
  return Array.from({ length: payees }, (_, payee) => {
    const withIt = coalitions.filter(({ kept }) => kept.has(payee))
    const without = coalitions.filter(({ kept }) => !kept.has(payee))
    if (withIt.length === 0 || without.length === 0) {
      throw new TributaryError('A payee is in all of the coalitions or in none of them.', {
        code: 'attribution/coalitions',
        facts: { payee, coalitions: coalitions.length },
        tryThis: 'draw more coalitions: about 2 log2(payees) are the least',
      })
    }
    const mean = (some: readonly CoalitionLoss[], answer: number): number =>
      some.reduce((sum, { lossNats }) => sum + lossNats[answer]!, 0) / some.length
    return Array.from({ length: answers }, (__, answer) => mean(without, answer) - mean(withIt, answer))
  })
}
