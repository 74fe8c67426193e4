import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { beforeAll, describe, expect, test } from 'vitest'
import { defaultRevenueRule, defaultRevenueRuleDigest } from '../../attribution/index.ts'
import { signReceipt, signScores } from '../../chain/index.ts'
import {
  attributionSchema,
  digestOf,
  digestText,
  receiptSchema,
  toWeiString,
  type Address,
  type Digest,
} from '../../kernel/index.ts'
import { evidenceTree } from '../settlement/evidenceTree.ts'
import { answerLeaf, epochLeaf, leafDigest, owedLeaf, scoringLeaf } from './evidenceLeaves.ts'
import type { ReceiptProof } from './receiptProof.ts'
import { verifyReceiptProof } from './verifyReceiptProof.ts'

const chainId = 31_337
const vault = `0x${'aa'.repeat(20)}` as Address
const server = privateKeyToAccount(generatePrivateKey())
const attributor = privateKeyToAccount(generatePrivateKey())
const digest = digestText('x')
const wei = toWeiString
const answers = 9

let root: Digest
let proofs: ReceiptProof[]

beforeAll(async () => {
  const made = []
  for (let i = 0; i < answers; i++) {
    const receipt = receiptSchema.parse({
      v: 1,
      model: 'docs',
      adapter: digest,
      base: digest,
      datanet: digest,
      recipe: digest,
      request: digest,
      answer: digest,
      seed: i,
      promptTokens: 12,
      completionTokens: 34,
      paddedLength: 64,
      engine: { runtime: 'onnxruntime-node 1.30.0', cpu: 'x64 avx2', graph: digest, weights: digest },
      feeWei: '1000',
      asset: `0x${'11'.repeat(20)}`,
      chainId,
      payer: `0x${'22'.repeat(20)}`,
      nonce: digestText(`nonce ${i}`),
      rule: defaultRevenueRuleDigest,
      at: 1_790_000_000_000,
    })
    const signed = await signReceipt(receipt, server)
    const attribution = attributionSchema.parse({
      v: 1,
      receipt: signed.id,
      method: 'counterfactual-forward/1+unroll-epoch/1',
      adapterSet: digestText('set'),
      groups: [{ group: 0, scoreMicroNats: 300 }],
      payees: [
        { payee: 'npm:a', scoreMicroNats: 100, sharePpm: 333_333 },
        { payee: 'npm:b', scoreMicroNats: 200, sharePpm: 666_667 },
      ],
      top: [],
    })
    const scoresSignature = await signScores({ id: digestOf(attribution), chainId }, attributor)
    made.push({ signed, attribution, scoresSignature })
  }
  const leaves = made.map(({ signed, attribution, scoresSignature }) =>
    answerLeaf(1, {
      receipt: signed.id,
      scores: digestOf(attribution),
      attributor: attributor.address as Address,
      signature: scoresSignature,
      rule: signed.receipt.rule,
      adapter: digest,
      adapterSet: attribution.adapterSet,
      history: digestText('history'),
    }),
  )
  const totals = { receivedWei: wei(9000n), paidWei: wei(8000n), treasuryWei: wei(450n), poolWei: wei(550n) }
  const facts = { epoch: 1, rewardRoot: digestText('root'), scoring: digestText('report'), owed: [], ...totals }
  const tree = evidenceTree(
    { chainId, contracts: { rewardVault: vault } as Parameters<typeof evidenceTree>[0]['contracts'] },
    facts,
    leaves.map(leafDigest),
  )
  root = tree.root
  proofs = made.map(({ signed, attribution, scoresSignature }, i) => ({
    v: 1,
    kind: 'tributary/receipt-proof',
    chainId,
    vault,
    epoch: 1,
    id: signed.id,
    receipt: signed.receipt,
    receiptSignature: signed.signature,
    server: server.address as Address,
    attribution,
    scores: digestOf(attribution),
    adapterSet: attribution.adapterSet,
    scoresSignature,
    attributor: attributor.address as Address,
    rule: defaultRevenueRule,
    history: digestText('history'),
    proof: tree.proof(1 + i),
  }))
})

describe('a receipt proof', () => {
  test('of each of 9 answers leads to the root with at most 4 digests, and gives 70 % of 1,000 wei to 2 payees', async () => {
    for (const proof of proofs) {
      expect(proof.proof.path.length).toBeLessThanOrEqual(4)
      const { split } = await verifyReceiptProof(JSON.parse(JSON.stringify(proof)), root)
      expect(split?.payees).toEqual([
        { payee: 'npm:a', wei: 233n },
        { payee: 'npm:b', wei: 467n },
      ])
    }
  })

  const other = `0x${'cd'.repeat(32)}` as Digest
  test.each<[string, (proof: ReceiptProof) => unknown, string]>([
    ['a fee with another digit', (p) => ({ ...p, receipt: { ...p.receipt, feeWei: '1001' } }), 'proof/receipt'],
    ['the receipt of another chain', (p) => ({ ...p, chainId: 1 }), 'proof/receipt'],
    ['another server', (p) => ({ ...p, server: attributor.address }), 'proof/receipt'],
    ['another share', (p) => ({ ...p, attribution: { ...p.attribution!, payees: [] } }), 'proof/scores'],
    ['the scores of another answer', (p) => ({ ...p, attribution: proofs[1]!.attribution }), 'proof/scores'],
    ['another adapter set', (p) => ({ ...p, adapterSet: other }), 'proof/scores'],
    ['other scores, not shown', (p) => ({ ...p, attribution: null, scores: other }), 'proof/scores'],
    ['another adapter set, not shown', (p) => ({ ...p, attribution: null, adapterSet: other }), 'proof/root'],
    ['another attributor', (p) => ({ ...p, attributor: server.address }), 'proof/scores'],
    ['another rule', (p) => ({ ...p, rule: { ...p.rule, serverPpm: 150_001 } }), 'proof/rule'],
    ['another history', (p) => ({ ...p, history: other }), 'proof/root'],
    ['another epoch', (p) => ({ ...p, epoch: 2 }), 'proof/root'],
    ['the place of another answer', (p) => ({ ...p, proof: proofs[1]!.proof }), 'proof/root'],
    ['a longer way', (p) => ({ ...p, proof: { ...p.proof, path: [...p.proof.path, other] } }), 'proof/root'],
    ['no proof at all', () => ({ v: 1 }), 'proof/unreadable'],
  ])('with %s is refused', async (_name, change, code) => {
    await expect(verifyReceiptProof(change(proofs[0]!), root)).rejects.toMatchObject({ code })
  })

  test('of a gated Datanet holds without the scores, by their digest, and then shows no split', async () => {
    const { split } = await verifyReceiptProof({ ...proofs[2], attribution: null }, root)
    expect(split).toBeNull()
  })

  test('is refused under the root of another epoch', async () => {
    await expect(verifyReceiptProof(proofs[0], other)).rejects.toMatchObject({ code: 'proof/root' })
  })
})

test('leaves of the epoch, its report and a debt name their kind, and 3 kinds have 3 digests', () => {
  const head = {
    epoch: 1,
    chainId,
    vault,
    receipts: 0,
    rewardRoot: digest,
    receivedWei: wei(0n),
    paidWei: wei(0n),
    treasuryWei: wei(0n),
    poolWei: wei(0n),
  }
  const kinds = [
    epochLeaf(head),
    scoringLeaf(1, digest),
    owedLeaf(1, { account: 'a', payee: 'npm:a' as never, wei: wei(1n) }),
  ]
  expect(new Set(kinds.map(({ kind }) => kind)).size).toBe(3)
  expect(new Set(kinds.map(leafDigest)).size).toBe(3)
})
