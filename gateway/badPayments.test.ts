import { decodePaymentRequiredHeader, encodePaymentSignatureHeader } from '@x402/core/http'
import type { PaymentPayload, PaymentRequirements } from '@x402/core/types'
import type { Hex, LocalAccount } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureOpen, readBalance } from '../chain/index.ts'
import type { Address } from '../kernel/index.ts'
import { payments } from '../store/schema/index.ts'
import { boundTools } from '../tools/boundTools.ts'
import { openTestContext, type TestContext } from '../tools/testing/openTestContext.ts'
import { trainTinyModel } from '../tools/testing/trainTinyModel.ts'
import { openTestGateway, type TestGateway } from './testing/openTestGateway.ts'
import { signPayment } from './testing/signPayment.ts'

let edges: TestContext
let gateway: TestGateway
let runs = 0
beforeAll(async () => {
  edges = await openTestContext()
  await trainTinyModel(edges.ctx)
  const { answers } = edges.ctx
  const generate: typeof answers.generate = (request) => {
    runs++
    return answers.generate(request)
  }
  gateway = await openTestGateway({ ...edges.ctx, answers: { ...answers, generate } }, boundTools)
})
afterAll(async () => {
  await gateway?.close()
  await edges?.close()
})

let asked = 0
const newQuestion = () => ({
  model: 'rivers',
  messages: [{ role: 'user', content: `Which river is number ${++asked}?` }],
  max_tokens: 8,
})
type Question = ReturnType<typeof newQuestion>
const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
async function termsOf(question: Question): Promise<PaymentRequirements> {
  const offer = decodePaymentRequiredHeader((await post(question)).headers.get('PAYMENT-REQUIRED') ?? '')
  return offer.accepts.find(({ scheme }) => scheme === 'exact') as PaymentRequirements
}
const balance = () => readBalance(edges.ctx.chain, edges.ctx.keys.buyer.address as Address)
const rows = async () => (await edges.ctx.store.db.select().from(payments)).length

type Headers = Record<string, string>
type Bad = {
  instead?: Partial<PaymentRequirements>
  alter?: (payload: PaymentPayload) => void
  by?: () => LocalAccount
}
const signed = ({ by = () => edges.ctx.keys.buyer, ...bad }: Bad) => async (question: Question): Promise<Headers> => ({
  'PAYMENT-SIGNATURE': await signPayment(by(), await termsOf(question), bad),
}) // prettier-ignore
const sent = (text: string, name = 'PAYMENT-SIGNATURE') => async (): Promise<Headers> => ({ [name]: text }) // prettier-ignore
const base64 = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64') // prettier-ignore
const authorization = (payload: PaymentPayload) => payload.payload['authorization'] as Record<string, string>
const edit = (change: Record<string, string>) => ({ alter: (payload: PaymentPayload) => void Object.assign(authorization(payload), change) }) // prettier-ignore
const withSignature = (signature: Hex) => ({ alter: (payload: PaymentPayload) => void (payload.payload['signature'] = signature) }) // prettier-ignore
const other = `0x${'12'.repeat(20)}`
const stranger = privateKeyToAccount(generatePrivateKey())

/** A contract that calls every signature its own (ERC-1271), with money of its own. */
async function smartAccount(question: Question): Promise<Headers> {
  const { chain } = edges.ctx
  const account = `0x${'15'.repeat(20)}` as Address
  // PUSH4 1626ba7e, shifted to the left of the word, returned.
  const code = '0x631626ba7e60e01b5f5260205ff3'
  await chain.reader.request({ method: 'anvil_setCode', params: [account, code] } as never)
  const terms = await termsOf(question)
  await ensureOpen(chain, { account, wei: BigInt(terms.amount) })
  return { 'PAYMENT-SIGNATURE': await signPayment(edges.ctx.keys.buyer, terms, edit({ from: account })) }
}

/** A payment that was spent before, on another question. */
async function spent(question: Question): Promise<Headers> {
  const before = newQuestion()
  // As dear as the question itself, so that nothing else is wrong with it.
  before.messages[0]!.content = question.messages[0]!.content
  const headers = await signed({})(before)
  await post({ ...before, seed: 9 }, headers)
  return headers
}

const erc6492 = `0x${'00'.repeat(64)}${'6492'.repeat(16)}` as Hex
const cases: [string, number, string, (question: Question) => Promise<Headers>][] = [
  ['none', 402, 'payment/required', async () => ({})],
  ['spent on another request', 409, 'payment/replayed', spent],
  ['expired', 402, 'payment/expired', signed(edit({ validBefore: '1000' }))],
  ['about to expire', 402, 'payment/expired', signed({ instead: { maxTimeoutSeconds: 3 } })],
  ['not valid yet', 402, 'payment/not-yet-valid', signed(edit({ validAfter: '9999999999', validBefore: '9999999999' }))],
  ['too little', 402, 'payment/underpaid', signed({ instead: { amount: '1' } })],
  ['too much', 402, 'payment/overpaid', signed({ instead: { amount: `9${'0'.repeat(17)}` } })],
  ['in another token', 402, 'payment/wrong-asset', signed({ instead: { asset: other } })],
  ['on another chain', 402, 'payment/wrong-network', signed({ instead: { network: 'eip155:1' } })],
  ['to another payee', 402, 'payment/wrong-payee', signed({ instead: { payTo: other } })],
  ['by a scheme of nobody', 402, 'payment/wrong-scheme', signed({ alter: ({ accepted }) => void (accepted.scheme = 'tip') })],
  ['not base64', 402, 'payment/malformed', sent('%%% not base64 %%%')],
  ['base64 of no JSON', 402, 'payment/malformed', sent(base64('a river'))],
  ['JSON of no payment', 402, 'payment/malformed', sent(base64({ x402Version: 2, accepted: {}, payload: [] }))],
  ['JSON of null', 402, 'payment/malformed', sent(base64('null'))],
  ['without an authorisation', 402, 'payment/malformed', signed({ alter: (p) => void delete p.payload['authorization'] })],
  ['with a value below nothing', 402, 'payment/malformed', signed(edit({ value: '-1' }))],
  ['over 16 KB', 402, 'payment/too-large', sent('A'.repeat(20_000))],
  ['over 64 KB', 431, 'gateway/headers-too-large', sent('A'.repeat(100_000))],
  ['of 1 MB', 431, 'gateway/headers-too-large', sent('A'.repeat(1_000_000))],
  ['1 MB of another header', 431, 'gateway/headers-too-large', sent('A'.repeat(1_000_000), 'X-NOISE')],
  ['a smart account’s (ERC-1271) in 65 bytes', 402, 'payment/smart-account', smartAccount],
  ['a smart account’s (ERC-1271) in more bytes', 402, 'payment/smart-account', signed(withSignature(`0x${'ab'.repeat(96)}`))],
  ['an account’s that is not deployed (ERC-6492)', 402, 'payment/smart-account', signed(withSignature(erc6492))],
  ['signed for another nonce', 402, 'payment/bad-signature', signed(edit({ nonce: `0x${'77'.repeat(32)}` }))],
  ['signed by nobody', 402, 'payment/bad-signature', signed(withSignature(`0x${'11'.repeat(64)}1b`))],
  ['in the name of another', 402, 'payment/bad-signature', signed(edit({ from: stranger.address }))],
  ['by who has nothing', 402, 'payment/underfunded', signed({ by: () => stranger })],
  ['of x402 v1', 400, 'payment/old-version', sent(base64({ x402Version: 1, scheme: 'exact' }))],
  ['of x402 v1 in its own header', 400, 'payment/old-version', sent(base64({ x402Version: 1 }), 'X-PAYMENT')],
] // prettier-ignore

test.each(cases)('a payment %s is %i %s: nothing is reserved, no model runs, and a good one works after it', async (_, status, code, make) => {
  const question = newQuestion()
  const headers = await make(question)
  const before = { rows: await rows(), wei: await balance(), runs }
  const response = await post(question, headers)
  const body = (await response.json()) as { error: { code: string; tryThis?: string } | string; details?: { code: string; tryThis?: string } }
  const said = typeof body.error === 'string' ? body.details : body.error
  expect([response.status, said?.code]).toEqual([status, code])
  expect(said?.tryThis).toBeDefined()
  if (status === 402) {
    const offer = decodePaymentRequiredHeader(response.headers.get('PAYMENT-REQUIRED') ?? '')
    expect([offer.error, offer.accepts.length > 0]).toEqual([code, true])
  }
  expect({ rows: await rows(), wei: await balance(), runs }).toEqual(before)

  const good = await post(question, await signed({})(question))
  expect(good.status).toBe(200)
  expect([(await rows()) - before.rows, runs - before.runs]).toEqual([1, 1])
}) // prettier-ignore

test('the table above forges what it says: an unchanged payment, encoded again, is good', async () => {
  const question = newQuestion()
  const header = await signPayment(edges.ctx.keys.buyer, await termsOf(question), { alter: () => undefined })
  const again = encodePaymentSignatureHeader(JSON.parse(Buffer.from(header, 'base64').toString()) as PaymentPayload)
  expect((await post(question, { 'PAYMENT-SIGNATURE': again })).status).toBe(200)
})
