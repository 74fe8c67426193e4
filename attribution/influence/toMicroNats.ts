import { TributaryError } from '../../kernel/index.ts'

/**
 * A score as it enters a trace: whole micro-nats, the nearest, halves upwards; never -0, which has no canonical form.
 * Throws attribution/not-finite for NaN, an infinity, or more micro-nats than an integer holds exactly (9.0e9 nats).
 */
export function toMicroNats(nats: number): number {
  const microNats = Math.round(nats * 1e6) + 0
  if (Number.isSafeInteger(microNats)) return microNats
  throw new TributaryError('A score is not a number that can be kept.', {
    code: 'attribution/not-finite',
    facts: { nats: String(nats) },
    tryThis: 'check the adapter and the training run: a diverged run has no attribution',
  })
}
