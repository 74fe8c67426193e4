import { toWeiString } from '../kernel/index.ts'
import { recordStatement } from '../store/index.ts'
import { computeStatement, toStored } from './settlement/computeStatement.ts'
import type { Run } from './runTool.ts'
import type { splitEpoch } from './splitEpoch.ts'

export const run: Run<typeof splitEpoch> = async ({ epoch }, ctx) => {
  const { split, root, evidence, evidenceVersion, keyOf } = await computeStatement(ctx, epoch)
  const { receivedWei, paidWei, treasuryWei, carriedWei } = split
  await recordStatement(ctx.store, {
    epoch,
    root,
    evidenceRoot: evidence,
    evidenceVersion,
    paidWei,
    treasuryWei,
    carriedWei,
    owed: toStored(split.owed),
    leaves: split.payees.flatMap(({ payee, earnedWei, cumulativeWei }) =>
      cumulativeWei > 0n ? [{ payee, payeeKey: keyOf(payee), epochWei: earnedWei, cumulativeWei }] : [],
    ),
  })
  return {
    epoch,
    root,
    evidence,
    receivedWei: toWeiString(receivedWei),
    paidWei: toWeiString(paidWei),
    treasuryWei: toWeiString(treasuryWei),
    carriedWei: toWeiString(carriedWei),
  }
}
