import type { z } from 'zod'
import { treasurerInput, type agents } from '../../tools/definitions.ts'
import { parseInput } from '../parseInput.ts'
import { treasurerGraph } from './treasurerGraph.ts'

export type TreasurerResult = z.input<typeof agents.treasurer.output>

/** The workflow of the treasurer: an epoch is closed, paid and reported when it is worth it, or left open with the reason. */
export async function treasurer(input: z.input<typeof treasurerInput>): Promise<TreasurerResult> {
  const { minimumReceipts } = parseInput('treasurer', treasurerInput, input)
  const { openPayments, epoch, waiting, decisions, closed, payees } = await treasurerGraph({ minimumReceipts })
  if (closed === undefined) return { outcome: 'left open', epoch, waiting, openPayments, decisions, report: null }
  const { root, receivedWei, paidWei, treasuryWei, poolWei, claimedWei } = closed
  const report = { root, receivedWei, paidWei, treasuryWei, poolWei, claimedWei, payees }
  return { outcome: 'closed', epoch: closed.epoch, waiting, openPayments, decisions, report }
}
