import { lowerStake, readStake } from '../chain/index.ts'
import { senderWith } from './disputing/senderWith.ts'
import { stakerOf } from './disputing/stakerOf.ts'
import type { Run } from './runTool.ts'
import type { unstake } from './unstake.ts'

export const run: Run<typeof unstake> = async ({ role, wei }, ctx) => {
  const { signer, account } = stakerOf(ctx.keys, role)
  const chain = await senderWith(ctx, signer, 0n)
  const sent = await lowerStake(chain, { role, wei: BigInt(wei) })
  return { account, role, ...(await readStake(chain, { account, role })), transaction: sent?.tx ?? null }
}
