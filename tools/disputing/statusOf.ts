import type { z } from 'zod'
import { readDispute, type Chain } from '../../chain/index.ts'
import { disputeState } from '../disputeStatus.ts'

/** A dispute as its tools show it. Throws chain/no-dispute. */
export async function statusOf(chain: Chain, id: number): Promise<z.output<typeof disputeState>> {
  const found = await readDispute(chain, id)
  return disputeState.parse({
    ...found,
    answer: /^0x0+$/.test(found.answer) ? null : found.answer,
    decideUntil: found.decideUntil === 0 ? null : found.decideUntil,
  })
}
