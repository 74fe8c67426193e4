import { toWeiString, TributaryError } from '../kernel/index.ts'
import { getEpoch, recordStatement } from '../store/index.ts'
import type { Run } from './runTool.ts'
import { statementRecord } from './settlement/computeStatement.ts'
import type { splitEpoch } from './splitEpoch.ts'

export const run: Run<typeof splitEpoch> = async ({ epoch }, ctx) => {
  // What is due is cumulative: a statement that did not see the one before it would take from those who earned in it.
  if (epoch > 1 && (await getEpoch(ctx.store, { epoch: epoch - 1 })).root === null) throw outOfTurn(epoch)
  const { receivedWei, ...record } = await statementRecord(ctx, epoch)
  await recordStatement(ctx.store, record)
  const { root, evidenceRoot, paidWei, operatorsWei, treasuryWei, poolWei } = record
  return {
    epoch,
    root,
    evidence: evidenceRoot,
    receivedWei: toWeiString(receivedWei),
    paidWei: toWeiString(paidWei),
    contributorsWei: toWeiString(paidWei - operatorsWei),
    operatorsWei: toWeiString(operatorsWei),
    treasuryWei: toWeiString(treasuryWei),
    poolWei: toWeiString(poolWei),
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
