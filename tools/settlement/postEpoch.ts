import { closeEpoch, finaliseRoot, inOrder, proposeRoot, untilFinal, type Chain } from '../../chain/index.ts'
import { TributaryError, type Digest } from '../../kernel/index.ts'
import { getEpoch, leavesOf, markFinal, markProposed } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'

/**
 * Moves the fees of a split epoch from escrow to vault, treasury and pools, and proposes its root. Looks at the chain before it
 * sends, so one that was cut is repeated; so is a proposal that was taken back or whose block was replaced.
 * Throws tools/epoch-not-split, chain/recorded-differently, and what the two actions throw.
 */
export async function proposeEpoch(ctx: ToolContext, epoch: number): Promise<{ close: string; propose: string }> {
  const { store, now, chain } = ctx
  const { state } = await getEpoch(store, { epoch })
  const { closeTx, proposeTx } = await inOrder(chain, (at) => post(ctx, at, epoch))
  if (state === 'frozen') await markProposed(store, { epoch, proposeTx, closeTx, atMs: now() })
  return { close: closeTx, propose: proposeTx }
}

/**
 * Makes the root final once its window is over, and waits until that is: all that was posted is looked at again, in its order, and
 * posted again where a reorganisation took it. Throws chain/root-held and what its actions throw.
 */
export async function finaliseEpoch(ctx: ToolContext, epoch: number): Promise<string> {
  const { chain, store, now, call } = ctx
  const { finalTx: known } = await getEpoch(store, { epoch })
  if (known !== null) return known
  const posted = await untilFinal(chain, async (at) => {
    const txs = await post(ctx, at, epoch)
    call.heartbeat?.({ step: 'waiting out the challenge window', done: 2, of: 3 })
    const { tx } = await finaliseRoot(at, epoch)
    return { ...txs, finalTx: tx as Digest }
  })
  await markFinal(store, { epoch, ...posted, atMs: now() })
  call.heartbeat?.({ step: 'final', done: 3, of: 3 })
  return posted.finalTx
}

async function post(
  { store, call }: ToolContext,
  at: Chain,
  epoch: number,
): Promise<{ closeTx: Digest; proposeTx: Digest }> {
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
  // The tree is cumulative: its total is all that was ever earned, not what this epoch adds.
  const totalWei = (await leavesOf(store, { epoch })).reduce((sum, { cumulativeWei }) => sum + cumulativeWei, 0n)
  call.heartbeat?.({ step: 'moving fees from escrow to vault, treasury and pools', done: 0, of: 3 })
  const closed = await closeEpoch(at, {
    epoch,
    contributorsWei: paidWei - operatorsWei,
    operatorsWei,
    treasuryWei,
    pools: pools.map(({ datanet, wei }) => ({ datanet, wei: BigInt(wei) })),
  })
  call.heartbeat?.({ step: 'proposing the reward root', done: 1, of: 3 })
  const proposed = await proposeRoot(at, { epoch, root, totalWei, evidence })
  return { closeTx: closed.tx as Digest, proposeTx: proposed.tx as Digest }
}
