import { noiseFloor } from '../../attribution/index.ts'
import type { Effects, Name } from './Game.ts'
import type { Judging } from './payNames.ts'

/** A rule as the table calls it. */
export type JudgedRule = Judging & { name: string; noiseFloorMicroNats: number }

/** The rule of today's revenue rule before this was measured, and the one that was chosen: what the table puts side by side. */
export const plainRule = 'positive part per payee'
export const chosenRule = 'signed accounts, noise floor'

/** All that are compared, with the floor that was measured: two standard deviations over four training seeds. */
export function judgedRules(floor: number): JudgedRule[] {
  const of = (name: string, rule: string, noiseFloorMicroNats = 0): JudgedRule => ({ name, rule, noiseFloorMicroNats })
  return [
    of(plainRule, 'positive-per-payee/1'),
    of('positive part per payee, noise floor', 'positive-per-payee/1', floor),
    of('positive part per sample', 'positive-per-sample/1'),
    of('affine by sample', 'affine-per-sample/1'),
    of('signed accounts', 'signed-accounts/1'),
    of(chosenRule, 'signed-accounts/1', floor),
    of('4 samples a name', 'positive-per-payee-of-4-samples/1'),
    of('4 samples a name, signed accounts', 'signed-accounts-of-4-samples/1'),
  ]
}

/** The noise floor of a market from its removal effects under several seeds, in micro-nats. */
export function measuredFloor(names: readonly Name[], seeds: readonly Effects[]): number {
  return noiseFloor(
    seeds.map((effects) => names.flatMap(({ label }) => effects.get(label)!.map((nats) => Math.round(nats * 1e6)))),
  )
}
