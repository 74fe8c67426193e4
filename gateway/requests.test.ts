import { decodePaymentRequiredHeader } from '@x402/core/http'
import type { PaymentRequirements } from '@x402/core/types'
import { Ajv } from 'ajv'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readBalance } from '../chain/index.ts'
import { receiptSchema, type Address, type Digest } from '../kernel/index.ts'
import { getReceipt, unfinishedPayments } from '../store/index.ts'
import { checkAnswer } from '../tools/auditing/checkAnswer.ts'
import { boundTools } from '../tools/boundTools.ts'
import type { ToolContext } from '../tools/index.ts'
import { openTestContext, type TestContext } from '../tools/testing/openTestContext.ts'
import { trainTinyModel } from '../tools/testing/trainTinyModel.ts'
import { openTestGateway, type TestGateway } from './testing/openTestGateway.ts'
import { signPayment } from './testing/signPayment.ts'

let edges: TestContext
let gateway: TestGateway
/** Over the same shop, one that says it waits every 50 ms. */
let impatient: TestGateway
let onToken: () => void | Promise<void> = () => undefined
let beforeSettlement = (): Promise<void> => Promise.resolve()
const beatMs = 50
const ask = (content: string, more: object = {}) => ({
  model: 'rivers',
  messages: [{ role: 'user', content }],
  max_tokens: 12,
  temperature: 1,
  ...more,
})

beforeAll(async () => {
  edges = await openTestContext()
  await trainTinyModel(edges.ctx)
  const { answers, workflows } = edges.ctx
  const ctx: ToolContext = {
    ...edges.ctx,
    answers: { ...answers, generate: (request) => answers.generate({ ...request, onToken: () => void onToken() }) },
    workflows: {
      ...workflows,
      start: async (...args) => {
        await beforeSettlement()
        return workflows.start(...args)
      },
    },
  }
  gateway = await openTestGateway(ctx, boundTools)
  impatient = await openTestGateway(ctx, boundTools, { beatMs })
  edges.setGatewayUrl(gateway.url)
})
afterAll(async () => {
  await gateway?.close()
  await impatient?.close()
  await edges?.close()
})

type Sending = { signal?: AbortSignal; url?: string }
const post = (body: unknown, headers: Record<string, string> = {}, { signal, url = gateway.url }: Sending = {}) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  })
const paymentFor = async (body: unknown): Promise<Record<string, string>> => {
  const offer = decodePaymentRequiredHeader((await post(body)).headers.get('PAYMENT-REQUIRED') ?? '')
  return { 'PAYMENT-SIGNATURE': await signPayment(edges.ctx.keys.buyer, offer.accepts[0] as PaymentRequirements) }
}
const buy = async (body: unknown, to: Sending = {}) => post(body, await paymentFor(body), to)
const balance = () => readBalance(edges.ctx.chain, edges.ctx.keys.buyer.address as Address)

type Chunk = {
  choices: { delta: { content?: string }; finish_reason: string | null; logprobs?: { content: { token: string }[] } }[]
  usage?: { completion_tokens: number } | null
  receipt?: { id: Digest; body: { completionTokens: number } }
  error?: { code: string }
}
function readEvents(text: string): { chunks: Chunk[]; comments: number; isDone: boolean } {
  const events = text.split('\n\n').filter(Boolean)
  const data = events.filter((event) => event.startsWith('data: ')).map((event) => event.slice(6))
  const chunks = data.filter((one) => one !== '[DONE]').map((one) => JSON.parse(one) as Chunk)
  return { chunks, comments: events.filter((e) => e.startsWith(':')).length, isDone: data.at(-1) === '[DONE]' }
}

test('an engine without room answers 429 with Retry-After, paid or not; nothing is reserved, and the payment is good later', async () => {
  const question = ask('Is there room?')
  const payment = await paymentFor(question)
  const [before, unfinished] = [await balance(), await unfinishedPayments(edges.ctx.store, {})]
  const full = await edges.ctx.engine.admit({ promptTokens: 0, maxTokens: 64_000, owed: true })
  for (const response of [await post(question), await post(question, payment)]) {
    expect(response.status).toBe(429)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await response.json()).toMatchObject({ error: { code: 'models/busy', retry: true } })
  }
  expect(await unfinishedPayments(edges.ctx.store, {})).toEqual(unfinished)
  expect(await balance()).toBe(before)
  full.release()
  expect((await post(question, payment)).status).toBe(200)
  expect(await balance()).toBeLessThan(before)
})

test('room that vanishes after a payment was reserved costs nothing: the same payment is answered, over the bounds', async () => {
  const question = ask('Was it reserved?', { max_tokens: 100 })
  const payment = await paymentFor(question)
  const leaves = new AbortController()
  let tokens = 0
  onToken = () => void (++tokens === 3 && leaves.abort())
  await expect(post(question, payment, { signal: leaves.signal })).rejects.toThrow(/abort/)
  onToken = () => undefined
  // The buyer has left: its row is free long before 100 tokens were made, and its payment waits for it.
  while (edges.ctx.engine.progress.running > 0) await sleep(5)
  expect(edges.ctx.engine.progress).toMatchObject({ waiting: 0, running: 0, openTokens: 0 })
  expect(tokens).toBeLessThan(60)
  while ((await unfinishedPayments(edges.ctx.store, {})).length === 0) await sleep(5)

  const full = await edges.ctx.engine.admit({ promptTokens: 0, maxTokens: 64_000, owed: true })
  expect((await post(ask('Another?'))).status).toBe(429)
  expect((await post(question, payment)).status).toBe(200)
  full.release()
  expect(await unfinishedPayments(edges.ctx.store, {})).toEqual([])
})

test('a stream has a chunk for each token that completed text, and usage only where it is asked for', async () => {
  const body = { stream: true, max_tokens: 30, logprobs: true, top_logprobs: 2 }
  const response = await buy(ask('Stream?', { ...body, stream_options: { include_usage: true } }))
  const { chunks, isDone } = readEvents(await response.text())
  const [first, end, usage] = [chunks[0]!, chunks.at(-2)!, chunks.at(-1)!]
  const tokens = chunks.slice(1, -2)

  expect(response.headers.get('tributary-receipt')).toBe(end.receipt?.id)
  expect(first.choices[0]?.delta).toEqual({ role: 'assistant', content: '' })
  expect(tokens.filter(({ choices }) => choices[0]?.logprobs)).toHaveLength(end.receipt!.body.completionTokens)
  expect(tokens.filter(({ choices }) => choices[0]?.delta.content).length).toBeGreaterThan(5)
  expect(usage).toMatchObject({ choices: [], usage: { completion_tokens: end.receipt!.body.completionTokens } })
  expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true)
  expect(isDone).toBe(true)
  const plain = readEvents(await (await buy(ask('Stream?', { stream: true }))).text())
  expect(plain.chunks.some((chunk) => 'usage' in chunk)).toBe(false)
})

test('a stream whose payment takes long to settle beats until it is settled; a failure then is an error event without [DONE]', async () => {
  const { promise, resolve: release } = Promise.withResolvers<void>()
  beforeSettlement = () => promise
  const response = await buy(ask('Slow?', { stream: true }), { url: impatient.url })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (readEvents(text).comments < 3) text += (await reader.read()).value ?? ''
  expect(readEvents(text).chunks).toEqual([])
  release()
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value
  expect(readEvents(text)).toMatchObject({ isDone: true })
  expect(readEvents(text).chunks.at(-1)?.receipt?.id).toMatch(/^0x/)

  beforeSettlement = async () => {
    await sleep(4 * beatMs)
    throw new Error('the server of workflows is away')
  }
  const failed = readEvents(await (await buy(ask('Fails?', { stream: true }), { url: impatient.url })).text())
  beforeSettlement = () => Promise.resolve()
  expect(failed).toMatchObject({ isDone: false, chunks: [{ error: { code: 'gateway/internal' } }] })
})

test('stop strings, log-probabilities and a schema are sold, delivered again, committed to, and regenerated by an audit', async () => {
  const schema = {
    type: 'object',
    properties: { zone: { enum: ['north', 'south'] }, depth: { type: 'integer', minimum: 1, maximum: 9 } },
    required: ['zone', 'depth'],
    additionalProperties: false,
  }
  const isValid = new Ajv().compile(schema)
  const format = { type: 'json_schema', json_schema: { name: 'reading', strict: true, schema } }
  const asked = [
    { question: ask('As JSON?', { response_format: format, max_tokens: 64 }), finish: 'stop' },
    { question: ask('Cut?', { response_format: format, max_tokens: 8 }), finish: 'length' },
    { question: ask('Stops?', { stop: 'e', temperature: 0.9, max_tokens: 64 }), finish: expect.any(String) as string },
    { question: ask('Likely?', { logprobs: true, top_logprobs: 3, temperature: 0.123456 }), finish: 'length' },
  ]
  for (const { question, finish } of asked) {
    const payment = await paymentFor(question)
    const answer = (await (await post(question, payment)).json()) as {
      choices: [{ message: { content: string }; finish_reason: string; logprobs?: { content: unknown[] } }]
      receipt: { id: Digest; body: unknown }
    }
    const [{ message, finish_reason, logprobs }] = answer.choices
    const receipt = receiptSchema.parse(answer.receipt.body)
    expect(finish_reason).toEqual(finish)
    expect(receipt.maxTokens).toBe(question.max_tokens)
    if ('response_format' in question && finish === 'stop') {
      expect(isValid(JSON.parse(message.content))).toBe(true)
      expect(Object.keys(JSON.parse(message.content) as object)).toEqual(['zone', 'depth'])
    }
    if ('stop' in question) expect(message.content).not.toContain('e')
    if ('logprobs' in question) expect(logprobs?.content).toHaveLength(receipt.completionTokens)
    expect(await (await post(question, payment)).json()).toEqual(answer)
    const stored = await getReceipt(edges.ctx.store, { id: answer.receipt.id })
    expect(await checkAnswer.run(edges.ctx, stored)).toMatch(/tokens are the same/)
  }
})

test.each([
  [{ n: 2 }, /n: one request gets one answer/],
  [{ presence_penalty: 0.5 }, /presence_penalty: penalties are not supported/],
  [{ logit_bias: { 5: 1 } }, /logit_bias/],
  [{ stop: ['a', 'b', 'c', 'd', 'e'] }, /stop/],
  [{ tools: [] }, /tools/],
])('%j is refused with what is wrong', async (more, issue) => {
  const response = await post(ask('x', more))
  const { error } = (await response.json()) as { error: { code: string; facts: { issues: string[] } } }
  expect(response.status).toBe(400)
  expect(error.code).toBe('gateway/bad-request')
  expect(error.facts.issues.join()).toMatch(issue)
})

test.each([
  [{ top_logprobs: 2 }, 'models/request'],
  [
    { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'string', pattern: 'a' } } } },
    'models/schema-unsupported',
  ],
])('%j is refused as %s before any payment', async (more, code) => {
  const response = await post(ask('x', more))
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { code } })
})

test('what OpenAI clients say in other words is understood: nulls, parts of text, one stop string, max_completion_tokens', async () => {
  const parts = {
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Is it ' },
          { type: 'text', text: 'so?' },
        ],
      },
    ],
  }
  const inWords = { ...ask('', parts), max_tokens: null, max_completion_tokens: 12, n: 1, stop: null, logprobs: null }
  const answers = [await buy(inWords), await buy(ask('Is it so?'))]
  const texts = await Promise.all(answers.map(async (one) => ((await one.json()) as { choices: unknown }).choices))
  expect(texts[0]).toEqual(texts[1])
})
