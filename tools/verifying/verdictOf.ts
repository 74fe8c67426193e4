import type { z } from 'zod'
import type { Bond, BondCase } from '../../chain/index.ts'
import type { bondCase, bondStatus } from '../bondStatus.ts'

/** What a bond and its cases amount to, in two words at most. */
export function verdictOf(bond: Bond | undefined): z.output<typeof bondStatus.output>['verdict'] {
  if (bond === undefined) return 'no bond'
  const outcomes = bond.cases.map(({ outcome }) => outcome)
  if (outcomes.length === 0) return 'not drawn'
  if (bond.slashed) return 'slashed'
  if (outcomes.includes('open')) return 'open'
  if (!outcomes.includes('attested')) return 'unverified'
  return outcomes.includes('unverified') ? 'partly attested' : 'attested'
}

export function caseForWire({ leader, ...rest }: BondCase): z.input<typeof bondCase> {
  return { ...rest, leader: leader ?? null }
}
