import { HTTPFacilitatorClient } from '@x402/core/server'
import { decodePaymentRequiredHeader, encodePaymentSignatureHeader } from '@x402/core/http'
import type { PaymentPayload, PaymentRequired } from '@x402/core/types'
import { ExactEvmScheme } from '@x402/evm/exact/client'
import { validateDiscoveryExtension, withBazaar, type DiscoveryExtension } from '@x402/extensions/bazaar'
import {
  decodeSignedOffers,
  extractOffersFromPaymentRequired,
  extractReceiptFromResponse,
  verifyOfferSignatureEIP712,
  verifyReceiptMatchesOffer,
  verifyReceiptSignatureEIP712,
  type EIP712SignedOffer,
  type EIP712SignedReceipt,
} from '@x402/extensions/offer-receipt'
import { appendPaymentIdentifierToExtensions, generatePaymentId } from '@x402/extensions/payment-identifier'
import { x402Client } from '@x402/fetch'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { LocalAccount } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureOpen, readBalance } from '../chain/index.ts'
import type { Address } from '../kernel/index.ts'
import { receiptsAwaitingEpoch, unfinishedPayments } from '../store/index.ts'
import { boundTools } from '../tools/boundTools.ts'
import type { ToolContext } from '../tools/index.ts'
import { openTestContext, type TestContext } from '../tools/testing/openTestContext.ts'
import { trainTinyModel } from '../tools/testing/trainTinyModel.ts'
import { openTestGateway, type TestGateway } from './testing/openTestGateway.ts'

let edges: TestContext
let gateway: TestGateway
let runs = 0
beforeAll(async () => {
  edges = await openTestContext()
  await trainTinyModel(edges.ctx)
  const { answers } = edges.ctx
  const ctx: ToolContext = {
    ...edges.ctx,
    answers: { ...answers, generate: (request) => (runs++, answers.generate(request)) },
  }
  gateway = await openTestGateway(ctx, boundTools)
})
afterAll(async () => {
  await gateway?.close()
  await edges?.close()
})

const ask = (content: string) => ({
  model: 'rivers',
  messages: [{ role: 'user', content }],
  max_tokens: 8,
  temperature: 1,
})
const buyer = () => edges.ctx.keys.buyer
const balance = () => readBalance(edges.ctx.chain, buyer().address as Address)
const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
const client = (account: LocalAccount) =>
  new x402Client().register('eip155:*', new ExactEvmScheme(account)).setSpendControls({ allowedAssets: true })
const termsOf = async (body: unknown): Promise<PaymentRequired> =>
  decodePaymentRequiredHeader((await post(body)).headers.get('PAYMENT-REQUIRED') ?? '')
/** A payment by the package's client, which sends the extensions back; with an identifier where one is given. */
async function pay(terms: PaymentRequired, id?: string, account = buyer()): Promise<PaymentPayload> {
  const payload = await client(account).createPaymentPayload(terms)
  const extensions = { ...payload.extensions }
  return id === undefined ? payload : { ...payload, extensions: appendPaymentIdentifierToExtensions(extensions, id) }
}
const header = (payload: PaymentPayload) => ({ 'PAYMENT-SIGNATURE': encodePaymentSignatureHeader(payload) })
const codeIn = async (response: Response) => {
  const { error, details } = (await response.json()) as { error: { code: string }; details?: { code: string } }
  return [response.status, details?.code ?? error.code]
}

describe('offers and receipts of the protocol', () => {
  test('each way to pay is an offer that the package verifies as the server’s; the receipt matches it, and names the transaction', async () => {
    const terms = await termsOf(ask('Which offer?'))
    const offers = extractOffersFromPaymentRequired(terms) as EIP712SignedOffer[]
    expect(offers).toHaveLength(terms.accepts.length)
    for (const offer of offers) {
      const { signer, payload } = await verifyOfferSignatureEIP712(offer)
      expect(signer).toBe(edges.ctx.keys.server.address)
      expect(payload).toMatchObject({ resourceUrl: terms.resource.url, amount: terms.accepts[0]!.amount })
    }
    const payload = await pay(terms)
    expect(encodePaymentSignatureHeader(payload).length).toBeLessThan(12_000)
    const response = await post(ask('Which offer?'), header(payload))
    expect(response.status).toBe(200)
    const receipt = extractReceiptFromResponse(response) as EIP712SignedReceipt
    const verified = await verifyReceiptSignatureEIP712(receipt)
    expect(verified.signer).toBe(edges.ctx.keys.server.address)
    expect(verified.payload.transaction).toMatch(/^0x[0-9a-f]{64}$/)
    const [offer] = decodeSignedOffers(offers)
    const { payer } = verified.payload
    expect(payer.toLowerCase()).toBe(buyer().address.toLowerCase())
    expect(verifyReceiptMatchesOffer(receipt, offer!, [payer])).toBe(true)
    expect(verifyReceiptMatchesOffer(receipt, offer!, [edges.ctx.keys.operator.address])).toBe(false)
    const forged = { ...receipt, payload: { ...receipt.payload, payer: edges.ctx.keys.operator.address } }
    expect((await verifyReceiptSignatureEIP712(forged)).signer).not.toBe(edges.ctx.keys.server.address)
  })
})

describe('a payment identifier', () => {
  test('brings the first answer for a second payment with the same request, runs the model once and charges once; another request is 409', async () => {
    const id = generatePaymentId()
    const terms = await termsOf(ask('Once?'))
    const [first, second] = [await pay(terms, id), await pay(terms, id)]
    const [before, ran] = [await balance(), runs]
    const answers = await Promise.all([post(ask('Once?'), header(first)), post(ask('Once?'), header(second))])
    const bodies = (await Promise.all(answers.map((response) => response.json()))) as { receipt: { id: string } }[]
    expect(
      answers.map(({ status }) => status),
      JSON.stringify(bodies),
    ).toEqual([200, 200])
    expect(bodies[0]!.receipt.id).toBe(bodies[1]!.receipt.id)
    expect(runs - ran).toBe(1)
    expect(before - (await balance())).toBe(BigInt(terms.accepts[0]!.amount))

    const third = await pay(await termsOf(ask('Twice?')), id)
    expect(await codeIn(await post(ask('Twice?'), header(third)))).toEqual([409, 'payment/identifier-reused'])
    const stranger = await pay(terms, id, edges.ctx.keys.steward)
    expect(await codeIn(await post(ask('Once?'), header(stranger)))).toEqual([402, 'payment/underfunded'])
    // A forged payment in the payer's name brings nobody its answer.
    const forged = await pay(terms, id)
    const { authorization, ...rest } = forged.payload as { authorization: Record<string, string> }
    const other = {
      ...forged,
      payload: { ...rest, authorization: { ...authorization, nonce: `0x${'12'.repeat(32)}` } },
    }
    expect(await codeIn(await post(ask('Once?'), header(other)))).toEqual([402, 'payment/bad-signature'])
    expect(runs - ran).toBe(1)
    expect(await unfinishedPayments(edges.ctx.store, {})).toEqual([])
  })

  test('is each payer’s own, and one of 3 characters is refused', async () => {
    const id = generatePaymentId()
    const terms = await termsOf(ask('Whose?'))
    const { steward } = edges.ctx.keys
    await ensureOpen(edges.ctx.chain, { account: steward.address as Address, wei: BigInt(terms.accepts[0]!.amount) })
    const mine = (await (await post(ask('Whose?'), header(await pay(terms, id)))).json()) as { receipt: { id: string } }
    const theirs = await post(ask('Whose?'), header(await pay(terms, id, steward)))
    expect(((await theirs.json()) as typeof mine).receipt.id).not.toBe(mine.receipt.id)
    const payload = await pay(terms, id)
    const bad = JSON.parse(JSON.stringify(payload).replaceAll(id, 'abc')) as PaymentPayload
    expect(await codeIn(await post(ask('Whose?'), header(bad)))).toEqual([400, 'payment/bad-identifier'])
  })
})

describe('discovery', () => {
  test('the package’s own client lists both resources with their terms; each declaration is valid by its schema', async () => {
    const bazaar = withBazaar(new HTTPFacilitatorClient({ url: gateway.url }))
    const listed = await bazaar.extensions.bazaar.listResources()
    expect(listed).toMatchObject({ x402Version: 2, pagination: { total: 2 } })
    expect(listed.items.map(({ type, resource }) => [type, resource])).toEqual([
      ['http', `${gateway.url}/v1/chat/completions`],
      ['mcp', 'mcp://tool/ask_model'],
    ])
    for (const { accepts, extensions } of listed.items) {
      expect(accepts[0]).toMatchObject({ scheme: 'exact', network: 'eip155:31337' })
      expect(validateDiscoveryExtension(extensions?.['bazaar'] as DiscoveryExtension)).toEqual({ valid: true })
    }
    const mcp = await bazaar.extensions.bazaar.listResources({ type: 'mcp', limit: 5 })
    expect(mcp.items).toHaveLength(1)
    const terms = await termsOf(ask('And here?'))
    expect(validateDiscoveryExtension(terms.extensions?.['bazaar'] as DiscoveryExtension)).toEqual({ valid: true })
    const openapi = JSON.stringify(await (await fetch(`${gateway.url}/openapi.json`)).json())
    for (const word of ['/discovery/resources', 'payment-identifier', 'offer-receipt', 'ask_model']) expect(openapi).toContain(word) // prettier-ignore
  })
})

describe('the paid MCP tool ask_model, over the real MCP client', () => {
  type Result = {
    isError?: boolean
    content: { text: string }[]
    structuredContent?: Record<string, unknown>
    _meta?: { 'x402/payment-response'?: Record<string, unknown> }
  }
  const connected = async (): Promise<Client> => {
    const mcp = new Client({ name: 'test', version: '1' })
    await mcp.connect(new StreamableHTTPClientTransport(new URL(`${gateway.url}/mcp`)))
    await mcp.listTools()
    return mcp
  }
  const call = async (mcp: Client, question: object, payment?: object) =>
    (await mcp.callTool({
      name: 'ask_model',
      arguments: { ...question },
      ...(payment ? { _meta: { 'x402/payment': payment } } : {}),
    })) as Result

  test('asks for payment as structured content, answers what is paid, and the same payment again is the same answer for one charge', async () => {
    const mcp = await connected()
    const question = ask('By MCP?')
    const asked = await call(mcp, question)
    expect(asked.isError).toBe(true)
    expect(asked.structuredContent).toMatchObject({
      x402Version: 2,
      error: 'payment/required',
      resource: { url: 'mcp://tool/ask_model' },
    })
    expect(JSON.parse(asked.content[0]!.text)).toEqual(asked.structuredContent)
    const [before, ran] = [await balance(), runs]
    const payment = await pay(asked.structuredContent as unknown as PaymentRequired)
    const copies = await Promise.all(Array.from({ length: 5 }, () => call(mcp, question, payment)))
    for (const { isError, structuredContent, content, _meta } of copies) {
      expect(isError).toBeUndefined()
      expect(structuredContent).toEqual(copies[0]!.structuredContent)
      expect(content[0]!.text.length).toBeGreaterThan(0)
      expect(_meta?.['x402/payment-response']).toMatchObject({ success: true, network: 'eip155:31337' })
    }
    expect(runs - ran).toBe(1)
    expect(before - (await balance())).toBe(BigInt((asked.structuredContent as unknown as PaymentRequired).accepts[0]!.amount)) // prettier-ignore
    await mcp.close()
  })

  test('a bad payment is refused with its code and the terms again, one used for another request as a coded error, and nothing is reserved', async () => {
    const mcp = await connected()
    const question = ask('By MCP, badly?')
    const terms = (await call(mcp, question)).structuredContent as unknown as PaymentRequired
    const before = (await receiptsAwaitingEpoch(edges.ctx.store, {})).length
    const ran = runs
    const poor = await call(mcp, question, await pay(terms, undefined, edges.ctx.keys.verifier))
    expect([poor.isError, poor.structuredContent?.['error']]).toEqual([true, 'payment/underfunded'])
    for (const payment of [{}, { x402Version: 2 }, { ...(await pay(terms)), payload: {} }]) {
      expect((await call(mcp, question, payment)).structuredContent?.['error']).toBe('payment/malformed')
    }
    const v1 = await call(mcp, question, { x402Version: 1 })
    expect(v1.content[0]!.text).toContain('payment/old-version')
    const wrong = await call(mcp, { ...question, temperature: 'warm' }, await pay(terms))
    expect(wrong.content[0]!.text).toContain('tools/input')
    expect(runs).toBe(ran)
    expect((await receiptsAwaitingEpoch(edges.ctx.store, {})).length).toBe(before)
    const payment = await pay(terms)
    expect((await call(mcp, question, payment)).isError).toBeUndefined()
    expect((await call(mcp, ask('Another?'), payment)).content[0]!.text).toContain('payment/replayed')
    await mcp.close()
  })
})
