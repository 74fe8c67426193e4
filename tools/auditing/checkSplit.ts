import { readRoot, rewardTree, verifyRewardClaim } from '../../chain/index.ts'
import { attributionOf, getEpoch, leavesOf, paymentOfReceipt } from '../../store/index.ts'
import { computeStatement } from '../settlement/computeStatement.ts'
import { differs, type AuditCheck } from './auditCheck.ts'

/** Every wei of the epoch, split again from the frozen receipts, against the stored leaves and the root on chain. */
export const checkSplit: AuditCheck = {
  name: 'split and inclusion',
  duty: 'the operator, who posted the root',
  async run(ctx, { id }) {
    const { epoch: number } = await paymentOfReceipt(ctx.store, { receipt: id })
    if (number === null) return 'its epoch is still open: nothing is paid yet'
    const epoch = await getEpoch(ctx.store, { epoch: number })
    if (epoch.root === null) return 'its epoch is frozen and not split yet'
    const { split, root, evidence } = await computeStatement(ctx, number)
    const leaves = await leavesOf(ctx.store, { epoch: number })
    const due = new Map(split.payees.map(({ payee, cumulativeWei }) => [payee, cumulativeWei]))
    for (const { payee, cumulativeWei } of leaves) {
      if (due.get(payee) !== cumulativeWei)
        throw differs('a Merkle leaf', {
          payee,
          storedWei: String(cumulativeWei),
          dueWei: String(due.get(payee) ?? 0n),
        })
    }
    if (root !== epoch.root) throw differs('the reward root', { recomputed: root, stored: epoch.root })
    if (evidence !== epoch.evidenceRoot)
      throw differs('the evidence root', { recomputed: evidence, stored: epoch.evidenceRoot })
    const onChain = await readRoot(ctx.chain, number)
    if (onChain?.root !== root || onChain.evidence !== evidence)
      throw differs('the root on chain', { onChain: onChain?.root ?? 'nothing', recomputed: root })
    const tree = rewardTree(leaves)
    const paid = (await attributionOf(ctx.store, { receipt: id })).payees.filter(({ sharePpm }) => sharePpm > 0)
    for (const { payee } of paid) {
      if (due.has(payee) && !verifyRewardClaim(root, tree.claim(payee))) throw differs('an inclusion proof', { payee })
    }
    return `${leaves.length} leaves recomputed to the wei; root ${root.slice(0, 10)} is on chain${onChain.final ? ' and final' : ''}; ${paid.length} payees of this answer are in it`
  },
}
