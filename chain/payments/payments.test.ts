import { decodePaymentRequiredHeader, encodePaymentSignatureHeader } from '@x402/core/http'
import { x402Client } from '@x402/fetch'
import { ExactEvmScheme } from '@x402/evm/exact/client'
import type { PaymentPayload, PaymentRequirements } from '@x402/core/types'
import { parseSignature, type LocalAccount } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TributaryError, type Address, type Digest } from '../../kernel/index.ts'
import { openToken } from '../abis/openToken.ts'
import { ensureOpen } from '../actions/ensureOpen.ts'
import { readBalance } from '../actions/readBalance.ts'
import { refund } from '../actions/refund.ts'
import { closeEpoch } from '../actions/closeEpoch.ts'
import { openTestChain, type TestChain } from '../testChain.ts'
import type { SignedPayment } from './buyerScheme.ts'
import { createPayingFetch, settlementOf, type PaymentTerms } from './createPayingFetch.ts'
import { decodePayment } from './decodePayment.ts'
import { exactScheme } from './exactScheme.ts'
import type { DecodedPayment } from './paymentScheme.ts'
import { paymentChallenge } from './paymentChallenge.ts'
import { networkOf, paymentRequirements } from './paymentRequirements.ts'
import { openTestShop, type TestShop } from './testShop.ts'
import { settlementState } from './settlementState.ts'
import { settlePayment } from './settlePayment.ts'
import { verifyPayment } from './verifyPayment.ts'

const priceWei = 1_000n
let node: TestChain
let shop: TestShop
let buyer: Address

beforeAll(async () => {
  node = await openTestChain()
  buyer = node.keys.buyer.address.toLowerCase() as Address
  await ensureOpen(node.chain, { account: buyer, wei: 10n ** 18n })
  shop = await openTestShop(node, priceWei)
})
afterAll(async () => {
  shop.server.close()
  await node.close()
})

function payingFetch(extra: Partial<Parameters<typeof createPayingFetch>[0]> = {}) {
  const { chainId, contracts } = node.chain
  const reserve = () => undefined
  return createPayingFetch({ account: node.keys.buyer, chainId, asset: contracts.openToken, reserve, ...extra })
}

/** A payment signed for whatever is asked, as the x402 package signs it. */
async function sign(asked: Partial<PaymentRequirements> = {}, account: LocalAccount = node.keys.buyer) {
  const requirements = { ...paymentRequirements(node.chain, { amountWei: priceWei }), ...asked }
  const client = new x402Client()
    .register('eip155:*', new ExactEvmScheme(account))
    .setSpendControls({ allowedAssets: true })
  const { body } = paymentChallenge({ accepts: [requirements], resourceUrl: 'http://shop/ask' })
  return client.createPaymentPayload(body)
}

function decoded(payload: PaymentPayload): DecodedPayment {
  const header = encodePaymentSignatureHeader(payload)
  return decodePayment((name) => (name === 'PAYMENT-SIGNATURE' ? header : undefined), [exactScheme(node.chain)])
}

const requirements = () => paymentRequirements(node.chain, { amountWei: priceWei })
const verify = (payload: PaymentPayload) =>
  verifyPayment(node.chain, { payment: decoded(payload), requirements: requirements() })

describe('a purchase by @x402/fetch over HTTP', () => {
  test('moves exactly 1000 wei from buyer to escrow and names its transaction', async () => {
    const before = await readBalance(node.chain, buyer)
    const signed: SignedPayment[] = []
    const reserved: PaymentTerms[] = []
    const reserve = (terms: PaymentTerms) => void reserved.push(terms)
    const fetchPaid = payingFetch({ reserve, onPayment: (payment) => void signed.push(payment) })

    const response = await fetchPaid(shop.url, { method: 'POST', body: '{}' })

    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ answer: 'yes' })
    expect(before - (await readBalance(node.chain, buyer))).toBe(priceWei)
    const { asset, payTo } = requirements()
    expect(reserved).toEqual([{ scheme: 'exact', asset, payTo, amountWei: priceWei }])
    const { nonce, payer } = signed[0]!
    const state = await settlementState(node.chain, { payer, nonce })
    expect(state).toMatchObject({ state: 'settled', amountWei: priceWei })
    expect(settlementOf(response)).toEqual({ tx: 'tx' in state ? state.tx : '', success: true })
  })

  test('is challenged without a payment by a 402 whose PAYMENT-REQUIRED header says what to sign', async () => {
    const response = await fetch(shop.url, { method: 'POST' })
    const offer = decodePaymentRequiredHeader(response.headers.get('PAYMENT-REQUIRED') ?? '')

    expect(response.status).toBe(402)
    expect(await response.json()).toMatchObject({ code: 'payment/required', retry: false })
    expect(offer).toMatchObject({ x402Version: 2, error: 'payment/required' })
    expect(offer.accepts).toEqual([requirements()])
    expect(offer.accepts[0]).toMatchObject({ scheme: 'exact', network: 'eip155:31337', amount: '1000' })
  })

  test('cut before the answer came is repeated under its key with the same payment: charged once', async () => {
    const memory = new Map<string, SignedPayment>()
    let calls = 0
    const cutAtSecond: typeof fetch = async (input, init) => {
      const response = await fetch(input, init)
      if (++calls === 2) throw new TypeError('the connection was cut')
      return response
    }
    const options = {
      onPayment: (payment: SignedPayment, key?: string) => void memory.set(key ?? '', payment),
      findPayment: (key: string) => memory.get(key),
    }
    const before = await readBalance(node.chain, buyer)

    await expect(
      payingFetch({ ...options, fetch: cutAtSecond })(shop.url, { method: 'POST' }, 'ask-1'),
    ).rejects.toThrow('the connection was cut')
    const reserve = () => Promise.reject(new Error('nothing is reserved again'))
    const later = payingFetch({ ...options, reserve })
    const again = await later(shop.url, { method: 'POST' }, 'ask-1')

    // This small shop keeps no answers: it sees the nonce again. The gateway, which keeps them, gives the answer.
    expect(await again.json()).toMatchObject({ code: 'payment/replayed' })
    expect(before - (await readBalance(node.chain, buyer))).toBe(priceWei)
  })

  test('stops at what the budget refuses, at another payee and at another token, before anything is signed', async () => {
    const signed: SignedPayment[] = []
    const onPayment = (payment: SignedPayment) => void signed.push(payment)
    const refusing = () => Promise.reject(new TributaryError('no', { code: 'budget/per-day' }))
    const poor = payingFetch({ reserve: refusing, onPayment })
    const picky = payingFetch({ payTo: `0x${'99'.repeat(20)}` as Address, onPayment })
    const foreign = payingFetch({ asset: `0x${'88'.repeat(20)}` as Address, onPayment })

    await expect(poor(shop.url)).rejects.toMatchObject({ code: 'budget/per-day' })
    await expect(picky(shop.url)).rejects.toMatchObject({ code: 'payment/not-offered' })
    await expect(foreign(shop.url)).rejects.toMatchObject({ code: 'payment/not-offered' })
    expect(signed).toEqual([])
  })

  test('passes on what keeping the payment throws, and then sends nothing', async () => {
    const sold = shop.sold()
    const onPayment = () => {
      throw new TypeError('the disk is full')
    }
    await expect(payingFetch({ onPayment })(shop.url)).rejects.toThrow('the disk is full')
    const unreadable: typeof fetch = async () => new Response('please pay', { status: 402 })
    await expect(payingFetch({ fetch: unreadable })(shop.url)).rejects.toMatchObject({
      code: 'payment/unreadable-offer',
    })
    expect(shop.sold()).toBe(sold)
  })
})

describe('settlement', () => {
  test('of one payment ten times at once moves the money once, and all ten name the same transaction', async () => {
    const payment = decoded(await sign())
    const before = await readBalance(node.chain, buyer)
    const all = Array.from({ length: 10 }, () => settlePayment(node.chain, { payment, requirements: requirements() }))
    const settled = await Promise.all(all)

    expect(new Set(settled.map(({ tx }) => tx)).size).toBe(1)
    expect(settled.filter(({ sent }) => sent)).toHaveLength(1)
    expect(before - (await readBalance(node.chain, buyer))).toBe(priceWei)
  })

  test('of another process, after a crash between sending and recording, is found and not repeated', async () => {
    const payment = decoded(await sign())
    expect(await settlementState(node.chain, payment)).toEqual({ state: 'open' })
    const first = await settlePayment(node.chain, { payment, requirements: requirements() })
    const second = await settlePayment(await node.reopen(), { payment, requirements: requirements() })

    expect(second).toEqual({ ...first, sent: false })
  })

  test('of several payments at once takes no nonce twice', async () => {
    const payments = await Promise.all(Array.from({ length: 8 }, async () => decoded(await sign())))
    const before = await readBalance(node.chain, node.chain.contracts.feeEscrow)
    await Promise.all(payments.map((payment) => settlePayment(node.chain, { payment, requirements: requirements() })))
    expect((await readBalance(node.chain, node.chain.contracts.feeEscrow)) - before).toBe(8n * priceWei)
  })
})

describe('a refund', () => {
  test('goes to the payer, once, only for what was paid, and not after its epoch closed', async () => {
    const payment = decoded(await sign())
    const { payer, nonce } = payment
    const wanted = { epoch: 1, payer, nonce, amountWei: priceWei }
    await expect(refund(node.chain, wanted)).rejects.toMatchObject({ facts: { error: 'NotPaid' } })
    await settlePayment(node.chain, { payment, requirements: requirements() })
    const before = await readBalance(node.chain, buyer)

    expect((await refund(node.chain, wanted)).sent).toBe(true)
    expect((await refund(node.chain, wanted)).sent).toBe(false)
    expect((await readBalance(node.chain, buyer)) - before).toBe(priceWei)
    await expect(refund(node.chain, { ...wanted, amountWei: 1n })).rejects.toMatchObject({
      code: 'chain/recorded-differently',
    })

    const late = decoded(await sign())
    await settlePayment(node.chain, { payment: late, requirements: requirements() })
    await closeEpoch(node.chain, {
      epoch: 1,
      contributorsWei: 1n,
      operatorsWei: 0n,
      treasuryWei: 0n,
      pools: [],
    })
    await expect(refund(node.chain, { epoch: 1, payer, nonce: late.nonce, amountWei: priceWei })).rejects.toMatchObject(
      { facts: { error: 'EpochFrozen' } },
    )
  })
})

describe('every bad payment has its own code', () => {
  const codeOf = async (payload: PaymentPayload) => {
    try {
      await verify(payload)
      return 'none'
    } catch (error) {
      expect(error).toBeInstanceOf(TributaryError)
      return (error as TributaryError).code
    }
  }
  const other = `0x${'77'.repeat(20)}`
  /** Edits the signed authorisation without signing it anew. */
  const edited = async (change: Record<string, string>) => {
    const payload = await sign()
    const { signature, authorization } = payload.payload as { signature: string; authorization: Record<string, string> }
    return { ...payload, payload: { signature, authorization: { ...authorization, ...change } } }
  }

  test('a good one has none', async () => expect(await codeOf(await sign())).toBe('none'))
  test('underpaid', async () => expect(await codeOf(await sign({ amount: '999' }))).toBe('payment/underpaid'))
  test('overpaid', async () => expect(await codeOf(await sign({ amount: '1001' }))).toBe('payment/overpaid'))
  test('expired', async () => expect(await codeOf(await sign({ maxTimeoutSeconds: 3 }))).toBe('payment/expired'))
  test('wrong payee', async () => expect(await codeOf(await sign({ payTo: other }))).toBe('payment/wrong-payee'))
  test('wrong asset', async () => expect(await codeOf(await sign({ asset: other }))).toBe('payment/wrong-asset'))
  test('wrong chain', async () =>
    expect(await codeOf(await sign({ network: networkOf(1) }))).toBe('payment/wrong-network'))
  test('wrong token domain', async () =>
    expect(await codeOf(await sign({ extra: { name: 'Other', version: '1' } }))).toBe('payment/bad-signature'))
  test('without funds', async () => expect(await codeOf(await sign({}, node.keys.steward))).toBe('payment/underfunded'))
  test('not yet valid', async () =>
    expect(await codeOf(await edited({ validAfter: '4000000000', validBefore: '4000000900' }))).toBe(
      'payment/not-yet-valid',
    ))
  test('another nonce than the signed one', async () =>
    expect(await codeOf(await edited({ nonce: `0x${'12'.repeat(32)}` }))).toBe('payment/bad-signature'))
  test('another payer than the signer', async () =>
    expect(await codeOf(await edited({ from: node.keys.operator.address }))).toBe('payment/bad-signature'))
  test('a smart account', async () => {
    const payload = await sign()
    const { authorization } = payload.payload
    const bySmartAccount = { ...payload, payload: { authorization, signature: `0x${'ab'.repeat(96)}` } }
    expect(await codeOf(bySmartAccount)).toBe('payment/smart-account')
  })
  test('replayed', async () => {
    const payload = await sign()
    await settlePayment(node.chain, { payment: decoded(payload), requirements: requirements() })
    expect(await codeOf(payload)).toBe('payment/replayed')
  })
  test('cancelled by the payer before it was settled', async () => {
    const payload = await sign()
    const payment = decoded(payload)
    await cancel(payment)
    expect(await codeOf(payload)).toBe('payment/replayed')
    await expect(settlePayment(node.chain, { payment, requirements: requirements() })).rejects.toMatchObject({
      code: 'payment/replayed',
    })
    expect(await settlementState(node.chain, payment)).toMatchObject({ state: 'void' })
  })
})

async function cancel({ payer, nonce }: { payer: Address; nonce: Digest }): Promise<void> {
  const { chain, keys } = node
  const signature = await keys.buyer.signTypedData({
    domain: {
      name: 'Tributary OPEN',
      version: '1',
      chainId: chain.chainId,
      verifyingContract: chain.contracts.openToken,
    },
    types: {
      CancelAuthorization: [
        { name: 'authorizer', type: 'address' },
        { name: 'nonce', type: 'bytes32' },
      ],
    },
    primaryType: 'CancelAuthorization',
    message: { authorizer: payer, nonce },
  })
  const { r, s, v } = parseSignature(signature)
  const hash = await chain.writer.writeContract({
    address: chain.contracts.openToken,
    abi: openToken.abi,
    functionName: 'cancelAuthorization',
    args: [payer, nonce, Number(v), r, s],
  })
  await chain.reader.waitForTransactionReceipt({ hash })
}
