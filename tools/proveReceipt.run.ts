import { TributaryError, type Address, type Digest, type RevenueRule } from '../kernel/index.ts'
import { getEpoch, paymentOfReceipt, type PaidAnswer } from '../store/index.ts'
import type { proveReceipt } from './proveReceipt.ts'
import type { ReceiptProof } from './proving/receiptProof.ts'
import { maySee } from './gating/gate.ts'
import type { Run } from './runTool.ts'
import { leafDigest } from './proving/evidenceLeaves.ts'
import { emptyRoot, totalsOf } from './settlement/computeStatement.ts'
import { evidenceTree, leafOfAnswer } from './settlement/evidenceTree.ts'
import { feesOfEpoch } from './settlement/feesOfEpoch.ts'

export const run: Run<typeof proveReceipt> = async ({ receipt: id, auditor }, ctx) => {
  const { epoch } = await paymentOfReceipt(ctx.store, { receipt: id })
  const stored = epoch === null ? undefined : await getEpoch(ctx.store, { epoch })
  if (epoch === null || !stored || stored.root === null || stored.evidenceVersion !== 2) {
    throw new TributaryError('Nothing on chain commits to this answer in a form that can be proved by itself.', {
      code: 'tools/nothing-to-prove',
      facts: { receipt: id, epoch, evidence: stored?.evidenceVersion ?? 0 },
      tryThis:
        epoch === null || stored?.root === null
          ? 'ask again when its epoch is closed'
          : 'its epoch has evidence of the first form: tributary audit recomputes it',
    })
  }
  const { root: rewardRoot, scoring } = stored
  const leaves: Digest[] = []
  let found: { at: number; answer: PaidAnswer; rule: RevenueRule } | undefined
  for await (const { answer, rule } of feesOfEpoch(ctx, epoch)) {
    if (answer.id === id) found = { at: leaves.length, answer, rule }
    leaves.push(leafDigest(leafOfAnswer(epoch, answer)))
  }
  const totals = totalsOf({
    receivedWei: stored.receivedWei ?? 0n,
    paidWei: stored.paidWei ?? 0n,
    treasuryWei: stored.treasuryWei ?? 0n,
    poolWei: stored.poolWei ?? 0n,
  })
  const tree = evidenceTree(ctx.chain, { epoch, rewardRoot, scoring, owed: stored.owed ?? [], ...totals }, leaves)
  if (tree.root !== stored.evidenceRoot || !found) {
    throw new TributaryError('What is stored of this epoch does not lead to its evidence root.', {
      code: 'tools/evidence-differs',
      facts: { epoch, stored: stored.evidenceRoot ?? emptyRoot, recomputed: tree.root },
      tryThis: `tributary audit ${id} names what differs`,
    })
  }
  const { at, answer, rule } = found
  const { attributor, signature, history } = leafOfAnswer(epoch, answer)
  return {
    v: 1,
    kind: 'tributary/receipt-proof',
    chainId: ctx.chain.chainId,
    vault: ctx.chain.contracts.rewardVault.toLowerCase() as Address,
    epoch,
    id,
    receipt: answer.receipt,
    receiptSignature: answer.signature as ReceiptProof['receiptSignature'],
    server: answer.signer,
    // Scores of a gated Datanet are shown by their digest alone, which is what the leaf holds.
    attribution: (await maySee(ctx, { tool: 'prove_receipt', receipt: id, auditor })) ? answer.attribution : null,
    scores: answer.scores.digest,
    adapterSet: answer.attribution.adapterSet,
    scoresSignature: signature as ReceiptProof['scoresSignature'],
    attributor,
    rule,
    history,
    proof: tree.proof(1 + at),
  }
}
