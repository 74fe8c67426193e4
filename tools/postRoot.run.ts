import { closeEpoch, finaliseRoot, proposeRoot, untilFinal } from '../chain/index.ts'
import { TributaryError, type Digest } from '../kernel/index.ts'
import { getEpoch, leavesOf, markFinal, markProposed } from '../store/index.ts'
import type { postRoot } from './postRoot.ts'
import type { Run } from './runTool.ts'

/**
 * Each of the three looks at the chain before it sends, so a run that was cut is simply repeated; and so is all of it, in its
 * order, when a reorganisation takes one before the last is final.
 */
export const run: Run<typeof postRoot> = async ({ epoch }, ctx) => {
  const { chain, store, now, call } = ctx
  const found = await getEpoch(store, { epoch })
  const { root, evidenceRoot: evidence, paidWei, operatorsWei, treasuryWei, pools } = found
  const isSplit = paidWei !== null && operatorsWei !== null && treasuryWei !== null && pools !== null
  if (root === null || evidence === null || !isSplit) {
    throw new TributaryError(`Epoch ${epoch} has no statement yet.`, {
      code: 'tools/epoch-not-split',
      facts: { epoch, state: found.state },
      tryThis: 'split the epoch first: tributary tools split-epoch',
    })
  }
  const { closeTx, proposeTx, finalTx } = found
  // Cut after the last step: it is on record.
  if (closeTx !== null && proposeTx !== null && finalTx !== null) {
    return { epoch, transactions: [closeTx, proposeTx, finalTx] }
  }
  // The tree is cumulative: its total is all that was ever earned, not what this epoch adds.
  const totalWei = (await leavesOf(store, { epoch })).reduce((sum, { cumulativeWei }) => sum + cumulativeWei, 0n)
  const report = (step: string, done: number) => call.heartbeat?.({ step, done, of: 3 })
  const { closed, proposed, final } = await untilFinal(chain, async (at) => {
    report('moving fees from escrow to vault, treasury and pools', 0)
    const closed = await closeEpoch(at, {
      epoch,
      contributorsWei: paidWei - operatorsWei,
      operatorsWei,
      treasuryWei,
      pools: pools.map(({ datanet, wei }) => ({ datanet, wei: BigInt(wei) })),
    })
    report('proposing the reward root', 1)
    const proposed = await proposeRoot(at, { epoch, root, totalWei, evidence })
    const txs = { proposeTx: proposed.tx as Digest, closeTx: closed.tx as Digest }
    if (!at.readsOnly) await markProposed(store, { epoch, ...txs, atMs: now() })
    report('waiting out the challenge window', 2)
    return { closed, proposed, final: await finaliseRoot(at, epoch) }
  })
  const posted = { closeTx: closed.tx as Digest, proposeTx: proposed.tx as Digest, finalTx: final.tx as Digest }
  await markFinal(store, { epoch, ...posted, atMs: now() })
  report('final', 3)
  return { epoch, transactions: [closed.tx, proposed.tx, final.tx] }
}
