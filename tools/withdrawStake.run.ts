import { readStake, withdrawStake as withdrawOnChain } from '../chain/index.ts'
import { toWeiString } from '../kernel/index.ts'
import { senderWith } from './disputing/senderWith.ts'
import { stakerOf } from './disputing/stakerOf.ts'
import type { Run } from './runTool.ts'
import type { withdrawStake } from './withdrawStake.ts'

export const run: Run<typeof withdrawStake> = async ({ role }, ctx) => {
  const { signer, account } = stakerOf(ctx.keys, role)
  const chain = await senderWith(ctx, signer, 0n)
  const withdrawnWei = toWeiString(await withdrawOnChain(chain, role))
  return { account, role, ...(await readStake(chain, { account, role })), withdrawnWei }
}
