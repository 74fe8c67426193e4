import { x402Client } from '@x402/fetch'
import { privateKeyToAccount, generatePrivateKey } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPayingFetch, decodePayload, readBalance, uptoBuyer, type PaymentPayload } from '../chain/index.ts'
import { createClients } from '../chain/client/createClients.ts'
import { openFaultyNode } from '../chain/client/faultyNode.ts'
import { findError, type Address, type Digest } from '../kernel/index.ts'
import { getPayment, getReceipt, withLease } from '../store/index.ts'
import { run as ask } from '../tools/ask.run.ts'
import { boundTools } from '../tools/boundTools.ts'
import { chatRequest, quoteFor, schemeOf, type ToolContext } from '../tools/index.ts'
import { openTestContext, type TestContext } from '../tools/testing/openTestContext.ts'
import { trainTinyModel } from '../tools/testing/trainTinyModel.ts'
import { createSeller } from './sell/createSeller.ts'
import { openTestGateway, type TestGateway } from './testing/openTestGateway.ts'

let edges: TestContext
let made = 0
let gateway: TestGateway
let ctx: ToolContext
beforeAll(async () => {
  edges = await openTestContext()
  await trainTinyModel(edges.ctx)
  const { answers } = edges.ctx
  const generate: typeof answers.generate = (request) => {
    made++
    return answers.generate({ ...request, maxTokens: Math.min(3, request.maxTokens) })
  }
  ctx = { ...edges.ctx, answers: { ...answers, generate } }
  gateway = await openTestGateway(ctx, boundTools)
  edges.setGatewayUrl(gateway.url)
})
afterAll(async () => {
  await gateway.close()
  await edges.close()
})

const question = (content: string) =>
  chatRequest.parse({ model: 'rivers', messages: [{ role: 'user', content }], max_tokens: 9, temperature: 1 })
const balance = () => readBalance(ctx.chain, ctx.keys.buyer.address as Address)

async function order(content: string, alter?: (payload: PaymentPayload) => void, account = ctx.keys.buyer) {
  const request = question(content)
  const { feeWei } = await quoteFor(request, ctx)
  const { client } = uptoBuyer(ctx.chain, account)
  const x402 = new x402Client().register('eip155:*', client).setSpendControls({ allowedAssets: true })
  const accepts = [schemeOf(ctx, 'upto').requirements({ amountWei: feeWei })]
  const resource = { url: 'http://shop', description: '', mimeType: 'application/json' }
  const payload = await x402.createPaymentPayload({ x402Version: 2, resource, accepts })
  alter?.(payload)
  return { request, feeWei, payment: decodePayload(payload, ctx.schemes) }
}
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: unknown) => findError(error)?.code ?? String(error),
  )

test('ask with pay upto: a permit instead of gas, the tokens that were made are paid for, less than was signed', async () => {
  for (const content of ['first?', 'second?']) {
    const { feeWei: signedWei } = await quoteFor(question(content), ctx)
    const before = await balance()
    const { stream: _, stream_options: __, ...request } = question(content)
    const call = { face: 'test' as const, effectKey: `upto/${content}`, agent: 'tester', run: 'upto' }
    const { receipt, feeWei } = await ask({ ...request, pay: 'upto' }, { ...ctx, call })
    const { receipt: body } = await getReceipt(ctx.store, { id: receipt as Digest })

    expect(body).toMatchObject({ scheme: 'upto', completionTokens: 3, feeWei })
    expect(BigInt(feeWei)).toBeLessThan(signedWei)
    expect(before - (await balance())).toBe(BigInt(feeWei))
    expect(await getPayment(ctx.store, body)).toMatchObject({ state: 'settled', maxWei: signedWei })
  }
})

test('four asked for at once by an account that pays by permits are bought one after the other, each charged once', async () => {
  const before = await balance()
  const contents = ['one?', 'two?', 'three?', 'four?']
  const fees = await Promise.all(
    contents.map(async (content) => {
      const { stream: _, stream_options: __, ...request } = question(content)
      const call = { face: 'test' as const, effectKey: `upto/${content}`, agent: 'tester', run: 'upto' }
      return BigInt((await ask({ ...request, pay: 'upto' }, { ...ctx, call })).feeWei)
    }),
  )
  expect(before - (await balance())).toBe(fees.reduce((sum, wei) => sum + wei, 0n))
})

test('of two permits signed for the same moment one pays, and for the other nothing is made', async () => {
  const orders = [await order('this one?'), await order('or that one?')]
  const runs = made
  const codes = await Promise.all(
    orders.map(({ request, payment }) => codeOf(createSeller(ctx).sell(request, payment))),
  )
  expect(codes.toSorted()).toEqual(['none', 'payment/no-allowance'])
  expect(made - runs).toBe(1)
})

test('a forged permit of a payer whose line is full is refused at once, and does not stand in it', async () => {
  const forged = await order('not theirs?', (p) => {
    const { signature } = p.payload as { signature: string }
    p.payload['signature'] = `${signature.slice(0, 20)}${signature[20] === '0' ? '1' : '0'}${signature.slice(21)}`
  })
  const { payer } = forged.payment
  await withLease(ctx.store, { key: `permit/${payer}` }, async () => {
    expect(await codeOf(createSeller(ctx).sell(forged.request, forged.payment))).toBe('payment/bad-signature')
  })
})

test('a buyer whose own node does not answer signs nothing and is told so: chain/unreachable', async () => {
  const { rpcUrl, chainId, contracts } = ctx.chain
  let signed = 0
  for (const silentFrom of [0, 1]) {
    const faulty = await openFaultyNode(rpcUrl, (n) => (n >= silentFrom ? 'dropBefore' : undefined))
    const { reader } = createClients({ rpcUrl: faulty.url, chainId, account: ctx.keys.buyer })
    const scheme = uptoBuyer({ reader, chainId, contracts }, ctx.keys.buyer)
    const terms = { account: ctx.keys.buyer, scheme, chainId, asset: contracts.openToken, reserve: () => undefined }
    const pay = createPayingFetch({ ...terms, onPayment: () => void signed++ })
    const body = JSON.stringify(question('heard?'))
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
    expect(await codeOf(pay(`${gateway.url}/v1/chat/completions`, init))).toBe('chain/unreachable')
    faulty.close()
  }
  expect(signed).toBe(0)
})

test('settled by another process before this one could write it down, it is found by its nonce and not taken again', async () => {
  const { request, payment } = await order('cut?')
  const before = await balance()
  const late = { ...ctx, chain: { ...ctx.chain, persist: () => Promise.reject(new Error('killed')) } }
  const { createSchemes } = await import('../tools/index.ts')
  const cut = { ...late, schemes: createSchemes(late) }
  await expect(createSeller(cut).sell(request, payment)).rejects.toThrow()
  expect((await getPayment(ctx.store, payment)).state).toBe('settling')
  const sold = await createSeller(ctx).sell(request, payment)
  expect(before - (await balance())).toBe(sold.feeWei)
  expect(await getPayment(ctx.store, payment)).toMatchObject({ state: 'settled', settlementTx: sold.transaction })
})

const signed = (payload: PaymentPayload) =>
  payload.payload['permit2Authorization'] as {
    nonce: string
    deadline: string
    witness: Record<string, string>
    permitted: Record<string, string>
    spender: string
  }
const other = `0x${'12'.repeat(20)}`
const bad: [string, string, (payload: PaymentPayload) => void][] = [
  ['of a forged signature', 'payment/bad-signature', (p) => void (signed(p).nonce = '7')],
  ['to another payee', 'payment/wrong-payee', (p) => void (signed(p).witness['to'] = other)],
  ['of another token', 'payment/wrong-asset', (p) => void (signed(p).permitted['token'] = other)],
  ['for another facilitator', 'payment/wrong-facilitator', (p) => void (signed(p).witness['facilitator'] = other)],
  ['for another proxy', 'payment/wrong-scheme', (p) => void (signed(p).spender = other)],
  ['for too little', 'payment/underpaid', (p) => void (signed(p).permitted['amount'] = '1')],
  ['that is over', 'payment/expired', (p) => void (signed(p).deadline = '1000')],
  ['of another chain', 'payment/wrong-network', (p) => void (p.accepted.network = 'eip155:1')],
]
test.each(bad)('a payment %s is refused as %s', async (_, code, alter) => {
  const { request, payment } = await order('bad?', alter)
  expect(await codeOf(createSeller(ctx).sell(request, payment))).toBe(code)
})

test('without money it is underfunded, without a permit it has no allowance, and used it is replayed', async () => {
  const poor = await order('poor?', undefined, privateKeyToAccount(generatePrivateKey()))
  expect(await codeOf(createSeller(ctx).sell(poor.request, poor.payment))).toBe('payment/underfunded')
  const bare = await order('bare?', (p) => void delete p.extensions)
  expect(await codeOf(createSeller(ctx).sell(bare.request, bare.payment))).toBe('payment/no-allowance')
  const used = await order('used?')
  await createSeller(ctx).sell(used.request, used.payment)
  expect(await codeOf(createSeller(ctx).sell(question('else?'), used.payment))).toBe('payment/replayed')
})
