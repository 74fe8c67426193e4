import { toWeiString, TributaryError } from '../kernel/index.ts'
import { getEpoch, recordStatement } from '../store/index.ts'
import { computeStatement, storedSums, toStored } from './settlement/computeStatement.ts'
import type { Run } from './runTool.ts'
import type { splitEpoch } from './splitEpoch.ts'

export const run: Run<typeof splitEpoch> = async ({ epoch }, ctx) => {
  // What is due is cumulative: a statement that did not see the one before it would take from those who earned in it.
  if (epoch > 1 && (await getEpoch(ctx.store, { epoch: epoch - 1 })).root === null) throw outOfTurn(epoch)
  const { split, root, evidence, evidenceVersion, keyOf } = await computeStatement(ctx, epoch)
  const sums = storedSums(split)
  await recordStatement(ctx.store, {
    epoch,
    root,
    evidenceRoot: evidence,
    evidenceVersion,
    ...sums,
    owed: toStored(split.owed),
    leaves: split.payees.flatMap(({ payee, earnedWei, cumulativeWei }) =>
      cumulativeWei > 0n ? [{ payee, payeeKey: keyOf(payee), epochWei: earnedWei, cumulativeWei }] : [],
    ),
  })
  return {
    epoch,
    root,
    evidence,
    receivedWei: toWeiString(split.receivedWei),
    paidWei: toWeiString(sums.paidWei),
    contributorsWei: toWeiString(sums.paidWei - sums.operatorsWei),
    operatorsWei: toWeiString(sums.operatorsWei),
    treasuryWei: toWeiString(sums.treasuryWei),
    poolWei: toWeiString(sums.poolWei),
  }
}

function outOfTurn(epoch: number): TributaryError {
  return new TributaryError(`Epoch ${epoch} can’t be split before epoch ${epoch - 1} is.`, {
    code: 'tools/epoch-out-of-turn',
    facts: { epoch, first: epoch - 1 },
    tryThis: 'close the earlier epoch first: tributary tools close-epoch takes them in their order',
    retry: true,
  })
}
