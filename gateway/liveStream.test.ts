import { decodePaymentRequiredHeader, encodePaymentSignatureHeader } from '@x402/core/http'
import { BatchSettlementEvmScheme, InMemoryClientChannelStorage } from '@x402/evm/batch-settlement/client'
import { toClientEvmSigner } from '@x402/evm'
import { x402Client } from '@x402/fetch'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodePayload, ensureOpen } from '../chain/index.ts'
import type { Address } from '../kernel/index.ts'
import { getPayment } from '../store/index.ts'
import { boundTools } from '../tools/boundTools.ts'
import { feeOf, type ToolContext } from '../tools/index.ts'
import { openTestContext, type TestContext } from '../tools/testing/openTestContext.ts'
import { trainTinyModel } from '../tools/testing/trainTinyModel.ts'
import { openTestGateway, type TestGateway } from './testing/openTestGateway.ts'

let edges: TestContext
let gateway: TestGateway
let ctx: ToolContext
let made = 0
beforeAll(async () => {
  edges = await openTestContext()
  await trainTinyModel(edges.ctx)
  const { answers } = edges.ctx
  /** The real answer, told a token every 50 ms, and ended where its buyer says that it is enough. */
  const generate: typeof answers.generate = async (request) => {
    const { onToken: _, enough, ...rest } = request
    const told: [number, string][] = []
    const whole = await answers.generate({ ...rest, onToken: (token, text) => void told.push([token, text]) })
    if (request.onToken === undefined) return whole
    let count = 0
    for (const [token, text] of told) {
      if (enough?.aborted) break
      request.onToken(token, text)
      count++
      await sleep(50)
    }
    made = count
    if (count === told.length) return whole
    const ids = whole.ids.slice(0, count)
    return { ...whole, ids, text: edges.ctx.engine.base.tokenizer.decode(ids), finish: 'length' }
  }
  ctx = { ...edges.ctx, answers: { ...answers, generate } }
  gateway = await openTestGateway(ctx, boundTools)
})
afterAll(async () => {
  await gateway.close()
  await edges.close()
})

async function newBuyer() {
  const account = privateKeyToAccount(generatePrivateKey())
  await ensureOpen(ctx.chain, { account: account.address as Address, wei: 10n ** 15n })
  const signer = toClientEvmSigner(account, ctx.chain.reader)
  const scheme = new BatchSettlementEvmScheme(signer, { storage: new InMemoryClientChannelStorage() })
  return new x402Client().register('eip155:*', scheme).setSpendControls({ allowedAssets: true })
}

async function order(content: string) {
  const body = JSON.stringify({
    model: 'rivers',
    messages: [
      {
        role: 'user',
        content,
      },
    ],
    max_tokens: 20,
    temperature: 1,
    stream: true,
    stream_options: { include_usage: true },
  })
  const post = (headers: Record<string, string> = {}, signal?: AbortSignal) =>
    fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', body, headers, ...(signal ? { signal } : {}) })
  const offer = decodePaymentRequiredHeader((await post()).headers.get('PAYMENT-REQUIRED') ?? '')
  const accepts = offer.accepts.filter(({ scheme }) => scheme === 'batch-settlement')
  const payload = await (await newBuyer()).createPaymentPayload({ ...offer, accepts })
  const payment = decodePayload(payload, ctx.schemes)
  return {
    payment,
    pay: (signal?: AbortSignal) => post({ 'PAYMENT-SIGNATURE': encodePaymentSignatureHeader(payload) }, signal),
  }
}

type Chunk = {
  choices: { delta: { content?: string }; finish_reason: string | null }[]
  usage?: { completion_tokens: number; prompt_tokens: number } | null
  receipt?: { id: string }
  payment_response?: string
}
const chunksOf = (text: string) =>
  text
    .split('\n\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)) as Chunk)
const textOf = (chunks: Chunk[]) => chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')

test('with a channel the first token leaves before the answer is stored; the last event has receipt and charge', async () => {
  const { payment, pay } = await order('stream to me?')
  const response = await pay()
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body!.getReader()
  const decoder = new TextDecoder()
  let text = ''
  while (textOf(chunksOf(text)) === '') text += decoder.decode((await reader.read()).value)
  expect((await getPayment(ctx.store, payment)).state).toBe('reserved')
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += decoder.decode(part.value)
  const chunks = chunksOf(text)
  const stored = await getPayment(ctx.store, payment)
  const usage = chunks.at(-1)?.usage
  const last = chunks.at(-2)

  expect(response.headers.get('content-type')).toBe('text/event-stream')
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
  expect(last?.receipt?.id).toBe(stored.receipt)
  const told = JSON.parse(Buffer.from(last?.payment_response ?? '', 'base64').toString()) as { extra: object }
  expect(told.extra).toMatchObject({ chargedAmount: String(stored.feeWei) })
  expect(stored).toMatchObject({ state: 'answered' })
  expect(usage?.completion_tokens).toBe(made)
  // Sent again, the same payment brings the same answer.
  expect(textOf(chunksOf(await (await pay()).text()))).toBe(textOf(chunks))
})

test('a buyer who cuts the stream is charged for what was made by then, and gets that with the same payment', async () => {
  const { payment, pay } = await order('cut me off?')
  const cut = new AbortController()
  const reader: ReadableStreamDefaultReader<Uint8Array> = (await pay(cut.signal)).body!.getReader()
  let text = ''
  while (textOf(chunksOf(text)) === '') text += new TextDecoder().decode((await reader.read()).value)
  cut.abort()
  for (let look = 0; look < 100 && (await getPayment(ctx.store, payment)).state === 'reserved'; look++) await sleep(50)
  const stored = await getPayment(ctx.store, payment)
  const chunks = chunksOf(await (await pay()).text())
  const usage = chunks.at(-1)?.usage

  expect(made).toBeLessThan(20)
  expect(usage?.completion_tokens).toBe(made)
  expect(stored.feeWei).toBe(feeOf(ctx.prices, { promptTokens: usage!.prompt_tokens, maxTokens: made }))
  expect(stored.feeWei).toBeLessThan(stored.maxWei!)
  expect(textOf(chunks).startsWith(textOf(chunksOf(text)))).toBe(true)
})
