import {
  decodePaymentRequiredHeader,
  decodePaymentSignatureHeader,
  encodePaymentSignatureHeader,
} from '@x402/core/http'
import { createPayingFetch, readBalance, settlementOf, verifyReceipt } from '../chain/index.ts'
import { digestOf, receiptSchema, saltedDigest, type Address, type Digest } from '../kernel/index.ts'
import { getAnswer, getPayment, listAliases, receiptsAwaitingEpoch, unfinishedPayments } from '../store/index.ts'
import type { PaymentRequirements } from '@x402/core/types'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { boundTools } from '../tools/boundTools.ts'
import { openTestContext, type TestContext } from '../tools/testing/openTestContext.ts'
import { trainTinyModel } from '../tools/testing/trainTinyModel.ts'
import { openTestGateway, type TestGateway } from './testing/openTestGateway.ts'
import { signPayment } from './testing/signPayment.ts'

let edges: TestContext
let gateway: TestGateway
let generated = 0
const path = '/v1/chat/completions'
const ask = (content: string, more: object = {}) => ({
  model: 'rivers',
  messages: [{ role: 'user', content }],
  max_tokens: 12,
  ...more,
})

beforeAll(async () => {
  edges = await openTestContext()
  await trainTinyModel(edges.ctx)
  const { answers } = edges.ctx
  const counted: typeof answers.generate = (request) => {
    generated++
    return answers.generate(request)
  }
  const ctx = { ...edges.ctx, answers: { ...answers, generate: counted } }
  gateway = await openTestGateway(ctx, boundTools)
  edges.setGatewayUrl(gateway.url)
})
afterAll(async () => {
  await gateway.close()
  await edges.close()
})

const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
const paid = (body: unknown, payment: string) => post(body, { 'PAYMENT-SIGNATURE': payment })

type Coded = { code: string; tryThis?: string }

/** What a refusal says: the coded error of a 402 lies beside the terms. */
async function refusal(response: Response): Promise<{ status: number; code: string; tryThis: boolean }> {
  const { error, details } = (await response.json()) as { error: Coded | string; details?: Coded }
  const coded = typeof error === 'string' ? details : error
  return { status: response.status, code: coded?.code ?? 'none', tryThis: coded?.tryThis !== undefined }
}

async function termsOf(body: unknown): Promise<PaymentRequirements> {
  const offer = decodePaymentRequiredHeader((await post(body)).headers.get('PAYMENT-REQUIRED') ?? '')
  return offer.accepts[0] as PaymentRequirements
}

const balance = () => readBalance(edges.ctx.chain, edges.ctx.keys.buyer.address as Address)

async function recorded(): Promise<{ receipts: number; unfinished: number }> {
  const { store } = edges.ctx
  const receipts = (await receiptsAwaitingEpoch(store, {})).length
  return { receipts, unfinished: (await unfinishedPayments(store, {})).length }
}

function payingFetch() {
  const { chain, keys } = edges.ctx
  const reserve = () => undefined
  return createPayingFetch({ account: keys.buyer, chainId: chain.chainId, asset: chain.contracts.openToken, reserve })
}

test('an unpaid question gets 402, the price as quoted and x402 v2 terms in PAYMENT-REQUIRED', async () => {
  const question = ask('What of the Danube?')
  const response = await post(question)
  const offer = decodePaymentRequiredHeader(response.headers.get('PAYMENT-REQUIRED') ?? '')
  const quoted = await fetch(`${gateway.url}/tools/quote`, { method: 'POST', body: JSON.stringify(question) })
  const { feeWei, payTo, asset } = (await quoted.json()) as Record<string, string>

  expect(response.status).toBe(402)
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(offer).toMatchObject({ x402Version: 2, error: 'payment/required' })
  expect(offer.accepts.map(({ scheme }) => scheme)).toEqual(['exact', 'upto', 'batch-settlement'])
  expect(offer.accepts[0]).toMatchObject({ scheme: 'exact', network: 'eip155:31337', amount: feeWei })
  expect([offer.accepts[0]?.payTo, offer.accepts[0]?.asset].map((a) => a?.toLowerCase())).toEqual(
    [payTo, asset].map((a) => a?.toLowerCase()),
  )
  expect(await response.json()).toMatchObject({ x402Version: 2, details: { code: 'payment/required' } })
})

test('paid by @x402/fetch it gets 200: an answer whose signed receipt commits to request and answer', async () => {
  const { ctx } = edges
  const before = await balance()
  const response = await payingFetch()(`${gateway.url}${path}`, { method: 'POST', body: JSON.stringify(ask('Where?')) })
  const answer = (await response.json()) as {
    object: string
    choices: { message: { role: string; content: string }; finish_reason: string }[]
    usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number }
    receipt: { id: Digest; body: unknown; signature: string; signer: Address }
  }
  const receipt = receiptSchema.parse(answer.receipt.body)
  const stored = await getAnswer(ctx.store, { receipt: answer.receipt.id })

  expect(response.status).toBe(200)
  expect(answer.object).toBe('chat.completion')
  expect(answer.receipt.id).toBe(digestOf(receipt))
  expect(response.headers.get('tributary-receipt')).toBe(answer.receipt.id)
  expect(answer.receipt.signer).toBe(ctx.keys.server.address.toLowerCase())
  const signed = { id: answer.receipt.id, receipt, signature: answer.receipt.signature as `0x${string}` }
  expect(await verifyReceipt(signed, ctx.keys.server.address as Address)).toBe(true)
  expect(saltedDigest(stored.answerSalt, answer.choices[0]?.message.content ?? '')).toBe(receipt.answer)
  expect(saltedDigest(stored.requestSalt, stored.requestText ?? '')).toBe(receipt.request)
  expect(answer.usage.total_tokens).toBe(answer.usage.prompt_tokens + answer.usage.completion_tokens)
  expect(answer.usage.completion_tokens).toBe(receipt.completionTokens)
  expect(before - (await balance())).toBe(BigInt(receipt.feeWei))
  const payment = await getPayment(ctx.store, { payer: receipt.payer, nonce: receipt.nonce })
  expect(payment).toMatchObject({ state: 'settled', receipt: answer.receipt.id })
  expect(settlementOf(response)).toEqual({ tx: payment.settlementTx, success: true })
  expect(edges.workflows.started).toContainEqual({ workflow: 'attribute', id: `attribute/${answer.receipt.id}` })
})

test('fifty copies of one payment at once run the model once, pay once and get one answer', async () => {
  const question = ask('Fifty at once?', { temperature: 1, seed: 5 })
  const payment = await signPayment(edges.ctx.keys.buyer, await termsOf(question))
  const [before, runs] = [await balance(), generated]
  const responses = await Promise.all(Array.from({ length: 50 }, () => paid(question, payment)))
  const bodies = await Promise.all(responses.map((response) => response.text()))

  expect(responses.map(({ status }) => status)).toEqual(Array(50).fill(200))
  expect(new Set(bodies).size).toBe(1)
  expect(generated - runs).toBe(1)
  expect(before - (await balance())).toBe(BigInt((await termsOf(question)).amount))
  // The same payment again, much later, is no new sale.
  expect(await (await paid(question, payment)).text()).toBe(bodies[0])
})

test('a payment that was used is refused for another request and in another form, with 409', async () => {
  const question = ask('First?')
  const payment = await signPayment(edges.ctx.keys.buyer, await termsOf(question))
  expect((await paid(question, payment)).status).toBe(200)
  const before = await recorded()
  const forged = decodePaymentSignatureHeader(payment)
  ;(forged.payload as { signature: string }).signature = `0x${'11'.repeat(65)}`

  expect(await refusal(await paid(ask('Other?'), payment))).toMatchObject({ status: 409, code: 'payment/replayed' })
  const copy = encodePaymentSignatureHeader(forged)
  expect(await refusal(await paid(question, copy))).toMatchObject({ status: 409, code: 'payment/replayed' })
  expect(await recorded()).toEqual(before)
})

const badRequests: [string, unknown, string][] = [
  ['an unknown model', ask('x', { model: 'nobody' }), '404 models/unknown-model'],
  ['an unknown adapter digest', ask('x', { model: `0x${'ab'.repeat(32)}` }), '404 models/unknown-model'],
  ['a prompt longer than the context', ask('y'.repeat(3_000)), '400 models/context-length'],
  ['a parameter that is not honoured', ask('x', { frequency_penalty: 1 }), '400 gateway/bad-request'],
  ['no messages', ask('x', { messages: [] }), '400 gateway/bad-request'],
  ['a body that is not JSON', '{"model":', '400 gateway/bad-request'],
  ['a body that is no object', '[]', '400 gateway/bad-request'],
  ['a body over 1 MiB', ask('z'.repeat(1_100_000)), '413 tools/too-large'],
]
test.each(badRequests)('%s is refused before any payment is looked at', async (_, body, expected) => {
  const before = await recorded()
  const unpaid = await refusal(await post(body))
  const payment = await signPayment(edges.ctx.keys.buyer, await termsOf(ask('x')))
  const withPayment = await refusal(await paid(body, payment))

  expect(`${unpaid.status} ${unpaid.code}`).toBe(expected)
  expect(`${withPayment.status} ${withPayment.code}`).toBe(expected)
  expect(unpaid.tryThis).toBe(true)
  expect(await recorded()).toEqual(before)
})

test('a stream is server-sent events whose pieces are the text, then usage and receipt, then [DONE]', async () => {
  const question = ask('Stream?', { stream: true, max_tokens: 40, temperature: 1 })
  const payment = await signPayment(edges.ctx.keys.buyer, await termsOf(question))
  const response = await paid(question, payment)
  const events = (await response.text())
    .split('\n\n')
    .filter(Boolean)
    .map((event) => event.replace(/^data: /, ''))
  const chunks = events.slice(0, -1).map(
    (event) =>
      JSON.parse(event) as {
        object: string
        choices: { delta: { content?: string }; finish_reason: string | null }[]
        receipt?: { id: Digest }
      },
  )
  const receipt = chunks.at(-1)?.receipt?.id as Digest

  expect(response.headers.get('content-type')).toBe('text/event-stream')
  expect(events.at(-1)).toBe('[DONE]')
  expect(new Set(chunks.map(({ object }) => object))).toEqual(new Set(['chat.completion.chunk']))
  const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
  expect(text).toBe((await getAnswer(edges.ctx.store, { receipt })).answerText)
  expect(text.length).toBeGreaterThan(0)
  expect(chunks.map(({ choices }) => choices[0]?.finish_reason).filter(Boolean)).toHaveLength(1)
  // The transport is no part of what was asked: unstreamed, the same payment brings the same answer.
  const whole = await paid({ ...question, stream: false }, payment)
  expect(await whole.json()).toMatchObject({ choices: [{ message: { content: text } }], receipt: { id: receipt } })
})

test('GET /v1/models lists one entry for each name, with its adapter', async () => {
  const { data } = (await (await fetch(`${gateway.url}/v1/models`)).json()) as {
    data: { id: string; adapter: string }[]
  }
  const [alias] = await listAliases(edges.ctx.store, {})
  expect(data).toMatchObject([{ id: 'rivers', object: 'model', adapter: alias?.adapter }])
})
