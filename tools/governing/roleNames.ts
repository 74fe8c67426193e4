import type { RoleTotals } from './backtestReport.ts'

/** The parts of a fee as people are told them, in the order in which they are shown. */
export const roleNames = [
  ['contributorsWei', 'contributors'],
  ['serverWei', 'server'],
  ['modelOwnerWei', 'model owner'],
  ['treasuryWei', 'treasury'],
  ['poolWei', 'Datanets’ pools'],
] as const satisfies readonly (readonly [keyof RoleTotals, string])[]
