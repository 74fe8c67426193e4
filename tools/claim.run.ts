import { claimMany, growRewardTree, readClaimed, untilFinal } from '../chain/index.ts'
import { toWeiString, TributaryError, type Digest, type PayeeId } from '../kernel/index.ts'
import { claimedWeiOf, leavesOf, listEpochs, recordClaim } from '../store/index.ts'
import type { claim } from './claim.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof claim> = async ({ payees: wanted }, { chain, store, call, now }) => {
  const final = (await listEpochs(store, {})).filter(({ state }) => state === 'final' || state === 'claimed').at(-1)
  if (!final) {
    throw new TributaryError('No epoch is final yet, so nothing can be claimed.', {
      code: 'tools/nothing-final',
      tryThis: 'close the epoch first: tributary tools close-epoch',
    })
  }
  const epoch = final.number
  const leaves = await leavesOf(store, { epoch })
  const asked = wanted === undefined ? leaves : leaves.filter(({ payee }) => wanted.includes(payee))
  if (asked.length === 0) return { claimedWei: toWeiString(0n), movedWei: toWeiString(0n), payees: 0, transactions: [] }
  const tree = await growRewardTree(leaves)
  const claims = tree.inOrder(asked.map(({ payee }) => payee))
  // A batch at a time, so that each is on record before the next is sent; by the number of its first leaf.
  const sentBy = new Map<number, { tx: Digest; wei: bigint }>()
  await untilFinal(chain, async (at) => {
    for (let from = 0; from < claims.length; from += batch) {
      const part = claims.slice(from, from + batch).map((payee) => tree.claim(payee))
      const step = at.readsOnly ? 'waiting until claims are final' : 'claiming'
      call.heartbeat?.({ step, done: from, of: asked.length })
      const { txs, claimedWei: wei } = await claimMany(at, part)
      if (at.readsOnly || chain.confirmations === 0) await checkAgainstChain(at, part)
      const sent = txs.at(-1)?.tx as Digest | undefined
      const instead = sentBy.get(from)?.tx
      if (at.readsOnly || (instead !== undefined && sent === undefined)) continue
      const tx = sent ?? (final.finalTx as Digest)
      await recordClaim(store, { epoch, payees: part.map(({ payee }) => payee), tx, instead, atMs: now() })
      if (sent !== undefined) sentBy.set(from, { tx: sent, wei })
    }
  })
  return {
    claimedWei: toWeiString(await claimedWeiOf(store, { epoch })),
    movedWei: toWeiString([...sentBy.values()].reduce((sum, { wei }) => sum + wei, 0n)),
    payees: asked.length,
    transactions: [...sentBy.values()].map(({ tx }) => tx),
  }
}

const batch = 100

async function checkAgainstChain(
  chain: Parameters<typeof readClaimed>[0],
  leaves: readonly { payee: PayeeId; cumulativeWei: bigint }[],
): Promise<void> {
  const claimed = await Promise.all(leaves.map(({ payee }) => readClaimed(chain, payee)))
  for (const [i, { payee, cumulativeWei }] of leaves.entries()) {
    if (claimed[i] === cumulativeWei) continue
    throw new TributaryError('The chain says that a payee has not claimed what it is due.', {
      code: 'tools/claim-differs',
      facts: { payee, dueWei: cumulativeWei.toString(), claimedWei: String(claimed[i]) },
      tryThis: 'claim again; if it stays, audit a receipt of the epoch',
      retry: true,
    })
  }
}
