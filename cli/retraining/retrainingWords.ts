import type { z } from 'zod'
import type { retrainPayee } from '../../tools/definitions.ts'

type Report = NonNullable<z.output<typeof retrainPayee.output>['report']>

/** The report of an audit by retraining in words, a line each. */
export function retrainingWords(
  payee: string,
  { group, groupPayees, samples, sharePpm, committed, retrained, same, ofGroup, ofPayee, method }: Report,
): string[] {
  const others = groupPayees.length - 1
  const company = others === 0 ? 'alone' : `with ${others} other ${others === 1 ? 'payee' : 'payees'}`
  return [
    `${payee} has ${samples} ${samples === 1 ? 'sample' : 'samples'} and stands ${company} in group ${group}.`,
    same
      ? `Trained again without the group, its adapter has the committed bytes: ${committed}`
      : `Trained again without the group, its adapter is NOT the committed one: ${retrained}, committed ${committed}`,
    `Without the group this answer ${moves(ofGroup.measuredMicroNats)}; attributed ${nats(ofGroup.attributedMicroNats)}.`,
    `Without ${payee} alone it ${moves(ofPayee.measuredMicroNats)}; attributed ${nats(ofPayee.attributedMicroNats)}, a share of ${(sharePpm / 1e4).toFixed(2)} %.`,
    `By ${method}. What is attributed is the group's effect split inside it, so the payee's own may differ where others say the same.`,
  ]
}

function moves(microNats: number): string {
  if (microNats === 0) return 'does not change'
  return microNats > 0 ? `loses ${nats(microNats)} a token: it helped` : `gains ${nats(-microNats)} a token: it harmed`
}

function nats(microNats: number): string {
  return `${(microNats / 1e6).toFixed(6)} nats`
}
