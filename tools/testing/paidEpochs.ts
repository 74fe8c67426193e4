import {
  attributionSchema,
  digestText,
  payeeIdString,
  receiptSchema,
  toWeiString,
  type Address,
  type Digest,
  type RevenueRule,
} from '../../kernel/index.ts'
import {
  currentEpoch,
  freezeEpoch,
  markSettled,
  markSettling,
  recordAnswer,
  recordAttribution,
  recordStatement,
  reservePayment,
  saveHistory,
  saveRule,
} from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { computeStatement, storedSums, toStored } from '../settlement/computeStatement.ts'

/** One sold answer: what it cost and how much each payee helped it; or, in millionths, whose words it repeats. */
export type PaidAnswer = {
  name: string
  feeWei: bigint
  scores: Record<string, number>
  words?: Record<string, number>
  adapter?: string
}

const account = `0x${'0a'.repeat(20)}` as Address

/** Sells the answers of an epoch by a rule, scores, freezes and splits it: rows as a real epoch leaves them, without chain or model. */
export async function payEpoch(
  ctx: Pick<ToolContext, 'store' | 'keys'>,
  rule: RevenueRule,
  answers: readonly PaidAnswer[],
): Promise<number> {
  const { store } = ctx
  const digest = await saveRule(store, { rule })
  for (const answer of answers) await sell(store, digest, answer)
  const { number: epoch } = await currentEpoch(store, {})
  await freezeEpoch(store, { epoch })
  // Scores without a signature have evidence of the first form, which names no chain.
  const { split, root, evidence, keyOf } = await computeStatement({ ...ctx, chain: undefined as never }, epoch)
  const { owed, payees } = split
  const leaves = payees.flatMap(({ payee, earnedWei, cumulativeWei }) =>
    cumulativeWei > 0n ? [{ payee, payeeKey: keyOf(payee), epochWei: earnedWei, cumulativeWei }] : [],
  )
  await recordStatement(store, {
    epoch,
    root,
    evidenceRoot: evidence,
    ...storedSums(split),
    owed: toStored(owed),
    leaves,
  })
  return epoch
}

async function sell(
  store: ToolContext['store'],
  rule: Digest,
  { name, feeWei, scores, words, adapter = 'adapter' }: PaidAnswer,
): Promise<void> {
  const of = (what: string) => digestText(`${what} ${name}`)
  const key = { payer: account, nonce: of('nonce') }
  const sold = { asset: account, chainId: 31_337 }
  await reservePayment(store, {
    ...key,
    ...sold,
    request: of('request'),
    payTo: account,
    feeWei,
    validBeforeMs: 2_000_000_000_000,
    payload: '{}',
  })
  const receipt = receiptSchema.parse({
    ...key,
    ...sold,
    v: 1,
    model: 'tiny',
    adapter: digestText(adapter),
    base: digestText('base'),
    datanet: digestText(`datanet of ${adapter}`),
    recipe: digestText('recipe'),
    request: of('request'),
    answer: of('answer'),
    seed: 7,
    promptTokens: 12,
    completionTokens: 30,
    paddedLength: 64,
    engine: { runtime: 'test', cpu: 'test', graph: digestText('graph'), weights: digestText('weights') },
    feeWei: toWeiString(feeWei),
    rule,
    at: 1_700_000_000_000,
  })
  const salts = { requestSalt: of('salt'), answerSalt: of('salt') }
  const texts = { requestText: '{}', answerText: name }
  const { id } = await recordAnswer(store, { receipt, signature: '0x00', signer: account, ...texts, ...salts })
  await markSettling(store, key)
  await markSettled(store, { ...key, settlementTx: of('tx') })
  const payees = Object.entries(scores).map(([payee, scoreMicroNats]) => {
    return { payee: payeeIdString.parse(payee), scoreMicroNats, sharePpm: 0 }
  })
  const scored = { v: 1, receipt: id, method: 'counterfactual-linear/1+unsplit/1', adapterSet: of('set') }
  const repeated = words && { method: 'tokens/1', provenance: provenanceOf(words) }
  const attribution = attributionSchema.parse({ ...scored, groups: [], payees, top: [], ...repeated })
  await recordAttribution(store, { attribution })
  await saveHistory(store, { workflow: `attribute/${id}`, run: 'run', blob: of('history'), events: 1 })
}

function provenanceOf(words: Record<string, number>) {
  const payees = Object.entries(words).map(([payee, sharePpm]) => ({ payee, milliBits: sharePpm, sharePpm }))
  const unexplainedPpm = 1_000_000 - payees.reduce((sum, { sharePpm }) => sum + sharePpm, 0)
  const text = { label: 'not causation', alphabet: 'bytes', documents: digestText('documents') }
  return { ...text, symbols: 100, spans: payees.length, milliBits: 1_000_000, payees, unexplainedPpm }
}
