import { growRewardTree } from '../chain/index.ts'
import { toWeiString, TributaryError, type Address } from '../kernel/index.ts'
import { leavesOf, listEpochs } from '../store/index.ts'
import type { claimProof } from './claimProof.ts'
import { readStatement } from './publishing/readPublished.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof claimProof> = async ({ payee }, ctx) => {
  const { store, chain } = ctx
  const final = (await listEpochs(store, {})).findLast(({ state }) => state === 'final' || state === 'claimed')
  if (!final || final.root === null) {
    throw new TributaryError('No epoch is final yet, so nothing can be claimed.', {
      code: 'tools/nothing-final',
      tryThis: 'close the epoch first: tributary tools close-epoch',
    })
  }
  const { number: epoch, root, published } = final
  const statement = published === null ? undefined : await readStatement(ctx, published, payee)
  const leaf =
    statement && statement.cumulativeWei !== '0'
      ? { cumulativeWei: BigInt(statement.cumulativeWei), proof: statement.proof }
      : (await growRewardTree(await leavesOf(store, { epoch }))).claim(payee)
  return {
    v: 1,
    kind: 'tributary/claim-proof',
    chainId: chain.chainId,
    vault: chain.contracts.rewardVault.toLowerCase() as Address,
    fromBlock: Number(chain.fromBlock),
    epoch,
    root,
    payee,
    cumulativeWei: toWeiString(leaf.cumulativeWei),
    proof: leaf.proof,
  }
}
