import { paidShares } from '../../attribution/index.ts'
import { growRewardTree, readRoot, verifyRewardClaim } from '../../chain/index.ts'
import { attributionOf, getEpoch, getRule, leavesOf, paymentOfReceipt, type Leaf } from '../../store/index.ts'
import { computeStatement, type ComputedStatement } from '../settlement/computeStatement.ts'
import { differs, type AuditCheck } from './auditCheck.ts'

/** Every wei of the epoch, split again from the frozen receipts, against the stored leaves and the root on chain. */
export const checkSplit: AuditCheck = {
  name: 'split and inclusion',
  judges: 'the split of the epoch',
  duty: 'the operator, who posted the root',
  async run(ctx, { id, receipt }) {
    const { epoch: number } = await paymentOfReceipt(ctx.store, { receipt: id })
    if (number === null) return 'its epoch is still open: nothing is paid yet'
    const epoch = await getEpoch(ctx.store, { epoch: number })
    if (epoch.root === null) return 'its epoch is frozen and not split yet'
    const onChain = await readRoot(ctx.chain, number)
    if (!onChain && epoch.proposeTx === null) return 'its epoch is split and its root is not posted yet'

    const leaves = await leavesOf(ctx.store, { epoch: number })
    const computed = await computeStatement(ctx, number)
    const { root, evidence } = computed
    const wrong = wrongLeaf(leaves, computed)
    // Whichever of the two leads to the root on chain is right.
    if (wrong && root === onChain?.root) throw differs('a Merkle leaf', wrong)
    if (root !== onChain?.root)
      throw differs(
        wrong
          ? 'what the split is computed from (scores or receipts of the epoch, leaves of an earlier one)'
          : 'the root on chain',
        {
          onChain: onChain?.root ?? 'nothing',
          recomputed: root,
        },
      )
    if (root !== epoch.root) throw differs('the stored reward root', { recomputed: root, stored: epoch.root })
    if (evidence !== epoch.evidenceRoot || evidence !== onChain.evidence)
      throw differs('the evidence root, of receipts, scores and histories', {
        recomputed: evidence,
        stored: epoch.evidenceRoot,
        onChain: onChain.evidence,
      })

    const held = new Set(leaves.map(({ payee }) => payee))
    const rule = await getRule(ctx.store, { digest: receipt.rule })
    const { evidence: by, payees: named } = paidShares(rule, await attributionOf(ctx.store, { receipt: id }))
    const paid = named.filter(({ sharePpm, payee }) => sharePpm > 0 && held.has(payee))
    const tree = paid.length > 0 ? await growRewardTree(leaves) : undefined
    for (const { payee } of paid)
      if (!tree || !verifyRewardClaim(root, tree.claim(payee))) throw differs('an inclusion proof', { payee })
    return `${leaves.length} leaves recomputed to the wei; root ${root.slice(0, 10)} is on chain${onChain.final ? ' and final' : ''}; ${paid.length} payees of this answer are in it${by === 'provenance' ? ', paid for words that it repeats' : ''}`
  },
}

/** The first leaf that is stored otherwise than it is computed, is missing, or should not be there. */
function wrongLeaf(stored: readonly Leaf[], { split, keyOf }: ComputedStatement) {
  const due = new Map(split.payees.filter(({ cumulativeWei }) => cumulativeWei > 0n).map((leaf) => [leaf.payee, leaf]))
  for (const { payee, payeeKey, epochWei, cumulativeWei } of stored) {
    const leaf = due.get(payee)
    due.delete(payee)
    if (leaf?.cumulativeWei === cumulativeWei && leaf.earnedWei === epochWei && keyOf(payee) === payeeKey) continue
    return {
      payee,
      storedWei: `${epochWei} of ${cumulativeWei}`,
      dueWei: leaf ? `${leaf.earnedWei} of ${leaf.cumulativeWei}` : 'nothing',
    }
  }
  const [missing] = due.values()
  return (
    missing && {
      payee: missing.payee,
      storedWei: 'nothing',
      dueWei: `${missing.earnedWei} of ${missing.cumulativeWei}`,
    }
  )
}
