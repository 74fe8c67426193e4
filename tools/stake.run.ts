import { raiseStake, readStake } from '../chain/index.ts'
import { senderWith } from './disputing/senderWith.ts'
import { stakerOf } from './disputing/stakerOf.ts'
import type { Run } from './runTool.ts'
import type { stake } from './stake.ts'

export const run: Run<typeof stake> = async ({ role, wei }, ctx) => {
  const { signer, account } = stakerOf(ctx.keys, role)
  const lackingWei = BigInt(wei) - BigInt((await readStake(ctx.chain, { account, role })).activeWei)
  const chain = await senderWith(ctx, signer, lackingWei > 0n ? lackingWei : 0n)
  const sent = await raiseStake(chain, { role, wei: BigInt(wei) })
  return { account, role, ...(await readStake(chain, { account, role })), transaction: sent?.tx ?? null }
}
