import { splitFee, type FeeSplit } from '../../attribution/index.ts'
import { verifyReceipt, verifyScores } from '../../chain/index.ts'
import { digestOf, TributaryError, verifyDigestProof, type Digest } from '../../kernel/index.ts'
import { answerLeaf, leafDigest } from './evidenceLeaves.ts'
import { receiptProof, type ReceiptProof } from './receiptProof.ts'

export type VerifiedProof = {
  proof: ReceiptProof
  /** Digest of the answer's leaf in the evidence tree. */
  leaf: Digest
  /** How the fee is split by the rule and the signed scores, recomputed; null where the scores are not shown. */
  split: FeeSplit | null
}

/**
 * Checks a receipt proof against the evidence root of its epoch, which the caller read on chain. Pure: no disk, no network, no
 * database. Cost: two signatures and log2(answers) hashes.
 * Throws proof/unreadable, proof/receipt, proof/scores, proof/rule, proof/root: the first thing that does not hold.
 */
export async function verifyReceiptProof(file: unknown, evidenceRoot: Digest): Promise<VerifiedProof> {
  const parsed = receiptProof.safeParse(file)
  if (!parsed.success) {
    const issues = parsed.error.issues.slice(0, 5).map((i) => `${i.path.join('.') || '(file)'}: ${i.message}`)
    throw refusal('This is no receipt proof.', 'unreadable', { issues })
  }
  const proof = parsed.data
  const { id, receipt, server, attribution, attributor, rule, chainId, epoch, history } = proof
  const ofThisChain = receipt.chainId === chainId
  if (!ofThisChain || !(await verifyReceipt({ id, receipt, signature: proof.receiptSignature }, server)))
    throw refusal('The receipt is not what the server signed.', 'receipt', { id, server, chainId })
  const { scores, adapterSet } = proof
  const signed = { id: scores, chainId, signature: proof.scoresSignature }
  const shown =
    attribution === null ||
    (digestOf(attribution) === scores && attribution.receipt === id && attribution.adapterSet === adapterSet)
  if (!shown || !(await verifyScores(signed, attributor)))
    throw refusal('The scores are not what the attributor signed for this receipt.', 'scores', { id, attributor })
  if (digestOf(rule) !== receipt.rule)
    throw refusal('The rule is not the one that the receipt names.', 'rule', { named: receipt.rule })
  const leaf = leafDigest(
    answerLeaf(epoch, {
      receipt: id,
      scores,
      attributor,
      signature: proof.scoresSignature,
      rule: receipt.rule,
      adapter: receipt.adapter,
      adapterSet,
      history,
    }),
  )
  if (!verifyDigestProof(evidenceRoot, leaf, proof.proof))
    throw refusal('The answer is not in the evidence that the root on chain commits to.', 'root', {
      leaf,
      evidenceRoot,
      epoch,
    })
  return { proof, leaf, split: attribution && splitFee(BigInt(receipt.feeWei), rule, attribution) }
}

function refusal(
  message: string,
  what: 'unreadable' | 'receipt' | 'scores' | 'rule' | 'root',
  facts: Record<string, string | number | string[]>,
): TributaryError {
  return new TributaryError(message, {
    code: `proof/${what}`,
    facts,
    tryThis: 'ask for the proof again: tributary tools prove-receipt; where it stays, whoever gave it answers for it',
  })
}
