import { BatchSettlementEvmScheme, InMemoryClientChannelStorage } from '@x402/evm/batch-settlement/client'
import { toClientEvmSigner } from '@x402/evm'
import { x402Client } from '@x402/fetch'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import type { LocalAccount } from 'viem'
import { decodePayload, ensureOpen, readBalance, readChannel, type PaymentPayload } from '../../chain/index.ts'
import { findError, type Address } from '../../kernel/index.ts'
import { findChannel, getPayment, getReceipt, markFailed } from '../../store/index.ts'
import { boundTools } from '../../tools/boundTools.ts'
import { chatRequest, quoteFor, runTool, schemeOf, type BoundTool, type ToolContext } from '../../tools/index.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestContext, type TestContext } from '../../tools/testing/openTestContext.ts'
import { trainTinyModel } from '../../tools/testing/trainTinyModel.ts'
import { createSeller, type Sold } from './createSeller.ts'

let edges: TestContext
let generated = 0
let ctx: ToolContext
beforeAll(async () => {
  edges = await openTestContext()
  await trainTinyModel(edges.ctx)
  const { answers } = edges.ctx
  // It makes three tokens at most, so that less is charged than was signed for.
  const generate: typeof answers.generate = (request) => {
    generated++
    return answers.generate({ ...request, maxTokens: Math.min(3, request.maxTokens) })
  }
  ctx = { ...edges.ctx, answers: { ...answers, generate } }
})
afterAll(() => edges.close())

const call = (name: string, input: object, key = Math.random()) =>
  runTool(boundTools.find(({ definition }) => definition.name === name) as BoundTool, input, {
    ...ctx,
    call: { face: 'test', effectKey: `channels/${name}/${key}` },
  })

/** A buyer with money and the package's own client of channels. */
async function newBuyer(wei = 10n ** 15n) {
  const account = privateKeyToAccount(generatePrivateKey())
  await ensureOpen(ctx.chain, { account: account.address as Address, wei })
  return { account, ...clientOf(account) }
}

function clientOf(account: LocalAccount) {
  const storage = new InMemoryClientChannelStorage()
  const signer = toClientEvmSigner(account, ctx.chain.reader)
  const scheme = new BatchSettlementEvmScheme(signer, { storage })
  const client = new x402Client().register('eip155:*', scheme).setSpendControls({ allowedAssets: true })
  return { storage, scheme, client }
}
type Buyer = Awaited<ReturnType<typeof newBuyer>>

const question = (content: string) =>
  chatRequest.parse({ model: 'rivers', messages: [{ role: 'user', content }], max_tokens: 8, temperature: 1 })

async function order(buyer: Buyer, content: string, alter?: (payload: PaymentPayload) => void) {
  const request = question(content)
  const { feeWei } = await quoteFor(request, ctx)
  const accepts = [schemeOf(ctx, 'batch-settlement').requirements({ amountWei: feeWei })]
  const resource = { url: 'http://shop/v1/chat/completions', description: '', mimeType: 'application/json' }
  const payload = await buyer.client.createPaymentPayload({ x402Version: 2, resource, accepts })
  alter?.(payload)
  const payment = decodePayload(payload, ctx.schemes)
  return { request, payment, payload, feeWei, requirements: accepts[0]! }
}

/** What the package's client learns from the response: how much was charged. */
async function learn(buyer: Buyer, { payload, requirements }: Awaited<ReturnType<typeof order>>, sold: Sold) {
  await buyer.scheme.schemeHooks.onPaymentResponse?.({
    paymentPayload: payload,
    requirements,
    settleResponse: { success: true, transaction: '', network: requirements.network, extra: sold.extra },
  } as never)
}

async function buy(buyer: Buyer, content: string) {
  const ordered = await order(buyer, content)
  const sold = await createSeller(ctx).sell(ordered.request, ordered.payment)
  await learn(buyer, ordered, sold)
  return { ...ordered, sold }
}

test('a deposit, then vouchers: 5 answers leave before anything is claimed, one transaction settles them, charged is what was made', async () => {
  const buyer = await newBuyer()
  const before = await readBalance(ctx.chain, ctx.chain.contracts.feeEscrow)
  const bought = []
  for (let i = 0; i < 5; i++) bought.push(await buy(buyer, `river ${i}?`))
  const fees = bought.map(({ sold }) => sold.feeWei)
  const totalWei = fees.reduce((sum, fee) => sum + fee, 0n)
  const id = bought[0]!.payment.channel!.id

  expect(bought.map(({ payload }) => payload.payload['type'])).toEqual(['deposit', ...Array(4).fill('voucher')])
  for (const { sold, feeWei, payment } of bought) {
    expect(sold.feeWei).toBeLessThan(feeWei)
    const { receipt } = await getReceipt(ctx.store, { id: sold.receipt })
    expect(receipt).toMatchObject({ scheme: 'batch-settlement', feeWei: String(sold.feeWei), completionTokens: 3 })
    expect(await getPayment(ctx.store, payment)).toMatchObject({
      state: 'answered',
      feeWei: sold.feeWei,
      maxWei: feeWei,
    })
  }
  expect(await findChannel(ctx.store, { id })).toMatchObject({
    chargedWei: totalWei,
    claimedWei: 0n,
    pendingNonce: null,
  })
  expect(await readBalance(ctx.chain, ctx.chain.contracts.feeEscrow)).toBe(before)

  expect(await call('settle_channels', {})).toMatchObject({ channels: 0, answers: 0, waiting: { answers: 5 } })
  const settled = await call('settle_channels', { force: true })
  expect(settled).toMatchObject({ channels: 1, answers: 5, settledWei: String(totalWei), waiting: { answers: 0 } })
  expect((settled as { transactions: string[] }).transactions).toHaveLength(1)
  expect((await readBalance(ctx.chain, ctx.chain.contracts.feeEscrow)) - before).toBe(totalWei)
  expect(await readChannel(ctx.chain, id)).toMatchObject({ claimedWei: totalWei })
  for (const { payment } of bought) expect((await getPayment(ctx.store, payment)).state).toBe('settled')
  expect(await call('settle_channels', { force: true })).toMatchObject({ channels: 0, answers: 0 })

  // The rest of the deposit goes back when the channel is closed.
  const left = (await readChannel(ctx.chain, id)).balanceWei - totalWei
  expect(await call('close_channel', { channel: id })).toMatchObject({ refundedWei: String(left) })
  expect(await readBalance(ctx.chain, buyer.account.address as Address)).toBe(10n ** 15n - totalWei)
})

test('50 copies of one channel payment at once run the model once, charge once and get one answer', async () => {
  const buyer = await newBuyer()
  await buy(buyer, 'first?')
  const { request, payment } = await order(buyer, 'fifty?')
  const runs = generated
  const all = await Promise.all(Array.from({ length: 50 }, () => createSeller(ctx).sell(request, payment)))
  expect(new Set(all.map(({ receipt }) => receipt)).size).toBe(1)
  expect(generated - runs).toBe(1)
  const channel = await findChannel(ctx.store, { id: payment.channel!.id })
  expect(channel?.chargedWei).toBe(payment.channel!.baseWei + all[0]!.feeWei)
})

const codeOf = async (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: unknown) => findError(error)?.code ?? String(error),
  )
const voucherOf = (payload: PaymentPayload) => payload.payload['voucher'] as Record<string, string>
const configOf = (payload: PaymentPayload) => payload.payload['channelConfig'] as Record<string, unknown>
const other = `0x${'12'.repeat(20)}`

const bad: [string, string, (payload: PaymentPayload) => void][] = [
  [
    'of a forged signature',
    'payment/bad-signature',
    (p) => void (voucherOf(p)['signature'] = `0x${'11'.repeat(64)}1b`),
  ],
  ['of another channel', 'payment/wrong-channel', (p) => void (voucherOf(p)['channelId'] = `0x${'77'.repeat(32)}`)],
  ['to another receiver', 'payment/wrong-payee', (p) => void (configOf(p)['receiver'] = other)],
  ['of another token', 'payment/wrong-asset', (p) => void (configOf(p)['token'] = other)],
  ['of another authorizer', 'payment/wrong-channel', (p) => void (configOf(p)['receiverAuthorizer'] = other)],
  ['of another delay', 'payment/wrong-channel', (p) => void (configOf(p)['withdrawDelay'] = 1_000)],
  ['of another chain', 'payment/wrong-network', (p) => void (p.accepted.network = 'eip155:1')],
  ['for too little', 'payment/underpaid', (p) => void (p.accepted.amount = '1')],
  [
    'for more than was charged and asked',
    'payment/voucher-mismatch',
    (p) => void (voucherOf(p)['maxClaimableAmount'] = '99999999'),
  ],
  ['for no more than was charged', 'payment/voucher-lower', (p) => void (voucherOf(p)['maxClaimableAmount'] = '1')],
  [
    'that is no voucher',
    'payment/malformed',
    (p) => void delete (voucherOf(p) as Record<string, unknown>)['signature'],
  ],
]
test.each(bad)('a voucher %s is refused as %s, and nothing is kept or charged', async (_, code, alter) => {
  const buyer = await newBuyer()
  const { payment: first, sold } = await buy(buyer, 'good?')
  expect(
    await codeOf(order(buyer, 'bad?', alter).then(({ request, payment }) => createSeller(ctx).sell(request, payment))),
  ).toBe(code)
  const channel = await findChannel(ctx.store, { id: first.channel!.id })
  expect(channel).toMatchObject({ chargedWei: sold.feeWei, pendingNonce: null })
  // The good one still goes through.
  expect((await buy(buyer, 'good again?')).sold.feeWei).toBeGreaterThan(0n)
})

test('a voucher used for another request is replayed; one over the deposit, of no deposit, and a deposit beyond the purse have codes of their own', async () => {
  const buyer = await newBuyer()
  const { payment } = await buy(buyer, 'used?')
  expect(await codeOf(createSeller(ctx).sell(question('for something else?'), payment))).toBe('payment/replayed')

  const id = payment.channel!.id
  const state = (await buyer.storage.get(id))!
  await buyer.storage.set(id, { ...state, balance: String(10n ** 30n) })
  const dear = { ...ctx, prices: { ...ctx.prices, platformWei: 10n ** 14n } }
  const { feeWei } = await quoteFor(question('dear?'), dear)
  const accepts = [schemeOf(ctx, 'batch-settlement').requirements({ amountWei: feeWei })]
  const resource = { url: 'http://shop', description: '', mimeType: 'application/json' }
  const over = decodePayload(
    await buyer.client.createPaymentPayload({ x402Version: 2, resource, accepts }),
    ctx.schemes,
  )
  expect(await codeOf(createSeller(dear).sell(question('dear?'), over))).toBe('payment/over-deposit')

  const stranger = await newBuyer()
  const unknown = await order(stranger, 'no deposit?', (p) => void (p.payload['type'] = 'voucher'))
  expect(await codeOf(createSeller(ctx).sell(unknown.request, unknown.payment))).toBe('payment/channel-unknown')
  const poor = { account: privateKeyToAccount(generatePrivateKey()) }
  const begging = await order({ ...poor, ...clientOf(poor.account) }, 'poor?')
  expect(await codeOf(createSeller(ctx).sell(begging.request, begging.payment))).toBe('payment/underfunded')
  const late = await order(await newBuyer(), 'late?', (p) => {
    const deposit = p.payload['deposit'] as { authorization: { erc3009Authorization: { validBefore: string } } }
    deposit.authorization.erc3009Authorization.validBefore = '1000'
  })
  expect(await codeOf(createSeller(ctx).sell(late.request, late.payment))).toBe('payment/expired')
})

test('a channel takes one payment at a time; one that was left without an answer gives way, and its voucher is then of the past', async () => {
  const buyer = await newBuyer()
  await buy(buyer, 'open?')
  const cut = await order(buyer, 'cut?')
  const fail = { ...ctx, answers: { ...ctx.answers, generate: () => Promise.reject(new Error('the engine died')) } }
  await expect(createSeller(fail).sell(cut.request, cut.payment)).rejects.toThrow('the engine died')
  const next = await order(buyer, 'a longer question, of another price?')
  expect(await codeOf(createSeller(ctx).sell(next.request, next.payment))).toBe('payment/channel-busy')
  edges.shiftClock(6_000)
  const sold = await createSeller(ctx).sell(next.request, next.payment)
  edges.shiftClock(0)
  expect(await getPayment(ctx.store, cut.payment)).toMatchObject({ state: 'failed', failure: 'payment/superseded' })
  expect(await findChannel(ctx.store, { id: next.payment.channel!.id })).toMatchObject({
    chargedWei: next.payment.channel!.baseWei + sold.feeWei,
  })
  // Its voucher is below what was charged since: it is told where the channel stands.
  expect(await codeOf(createSeller(ctx).sell(cut.request, cut.payment))).toBe('payment/voucher-lower')
})

test('a voucher whose payment failed unanswered is good for another request', async () => {
  const buyer = await newBuyer()
  await buy(buyer, 'open?')
  const cut = await order(buyer, 'one of same price')
  const fail = { ...ctx, answers: { ...ctx.answers, generate: () => Promise.reject(new Error('the engine died')) } }
  await expect(createSeller(fail).sell(cut.request, cut.payment)).rejects.toThrow('the engine died')
  await markFailed(ctx.store, { ...cut.payment, failure: 'payment/superseded' })
  const same = await order(buyer, 'two of same price')
  expect(same.payment.nonce).toBe(cut.payment.nonce)
  const sold = await createSeller(ctx).sell(same.request, same.payment)
  expect(await getPayment(ctx.store, same.payment)).toMatchObject({ state: 'answered', receipt: sold.receipt })
})

test('a payer who begins to withdraw is claimed from at the next look, before its delay is over', async () => {
  const buyer = await newBuyer()
  const { payment, sold, payload } = await buy(buyer, 'leaving?')
  expect(await call('settle_channels', {})).toMatchObject({ channels: 0 })
  const config = configOf(payload)
  await initiateWithdraw(buyer.account, config)
  expect(await call('settle_channels', {})).toMatchObject({
    channels: expect.any(Number) as number,
    answers: expect.any(Number) as number,
  })
  expect(await readChannel(ctx.chain, payment.channel!.id)).toMatchObject({ claimedWei: sold.feeWei })
  const more = await order(buyer, 'one more?')
  expect(await codeOf(createSeller(ctx).sell(more.request, more.payment))).toBe('payment/channel-closing')
})

async function initiateWithdraw(account: LocalAccount, config: Record<string, unknown>) {
  const { chainAs, publishedContracts } = await import('../../chain/index.ts')
  const { channelsStandIn } = await import('../../chain/abis/channelsStandIn.ts')
  const { testNode } = await import('../../chain/client/testNode.ts')
  await testNode(ctx.chain.reader, 'anvil_setBalance', [account.address, '0xde0b6b3a7640000'])
  const own = await chainAs(ctx.chain, account)
  const hash = await own.writer.writeContract({
    address: publishedContracts.channels,
    abi: channelsStandIn.abi,
    functionName: 'initiateWithdraw',
    args: [config as never, 1_000n],
  })
  await ctx.chain.reader.waitForTransactionReceipt({ hash })
}
