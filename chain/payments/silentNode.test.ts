import { encodePaymentSignatureHeader } from '@x402/core/http'
import { ExactEvmScheme } from '@x402/evm/exact/client'
import { x402Client } from '@x402/fetch'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findError, type Address } from '../../kernel/index.ts'
import { ensureOpen } from '../actions/ensureOpen.ts'
import { openFaultyNode } from '../client/faultyNode.ts'
import type { Chain } from '../client/openChain.ts'
import { openTestChain, type TestChain } from '../testChain.ts'
import { decodePayment } from './decodePayment.ts'
import { exactScheme } from './exactScheme.ts'
import { paymentChallenge } from './paymentChallenge.ts'
import { paymentRequirements } from './paymentRequirements.ts'
import { verifyPayment } from './verifyPayment.ts'

let node: TestChain
beforeAll(async () => {
  node = await openTestChain()
  await ensureOpen(node.chain, { account: node.keys.buyer.address as Address, wei: 10n ** 18n })
})
afterAll(() => node.close())

const { amountWei, poorWei } = { amountWei: 1_000n, poorWei: 10n ** 30n }

/** What a verification says where the node does not answer its call number 0, 1, … */
async function saidWhereSilent(priceWei: bigint): Promise<{ calls: string[]; said: string[] }> {
  const requirements = paymentRequirements(node.chain, { amountWei: priceWei })
  const client = new x402Client()
    .register('eip155:*', new ExactEvmScheme(node.keys.buyer))
    .setSpendControls({ allowedAssets: true })
  const { body } = paymentChallenge({ accepts: [requirements], resourceUrl: 'http://shop/ask' })
  const header = encodePaymentSignatureHeader(await client.createPaymentPayload(body))
  const payment = decodePayment(() => header, [exactScheme(node.chain)])
  const methods: string[] = []
  let silentFrom = Infinity
  const faulty = await openFaultyNode(node.anvil.url, (_, method) => {
    methods.push(method)
    return methods.length > silentFrom ? 'dropBefore' : undefined
  })
  const verify = async (chain: Chain): Promise<string> => {
    methods.length = 0
    const failure: unknown = await verifyPayment(chain, { payment, requirements }).catch((error: unknown) => error)
    if (failure === undefined) return 'none'
    const { code, retry } = findError(failure) ?? { code: 'uncoded', retry: false }
    return retry ? code : `${code}, for good`
  }
  try {
    const chain = await node.reopen({ rpcUrl: faulty.url })
    const heard = await verify(chain)
    const calls = [...methods]
    const said: string[] = []
    for (silentFrom = 0; silentFrom < calls.length; silentFrom++) said.push(await verify(chain))
    return { calls, said: [...said, heard] }
  } finally {
    faulty.close()
  }
}

test('a good payment takes one call of the node; where it gets no answer it is not called bad: chain/unreachable, try again', async () => {
  expect(await saidWhereSilent(amountWei)).toEqual({ calls: ['eth_call'], said: ['chain/unreachable', 'none'] })
})

test('a payment without money is called underfunded only where that was heard, whichever call gets no answer', async () => {
  const { calls, said } = await saidWhereSilent(poorWei)
  expect(calls.length).toBeGreaterThanOrEqual(4)
  expect(said.at(-1)).toBe('payment/underfunded, for good')
  const before = said.slice(0, -2)
  expect(new Set(before)).toEqual(new Set(['chain/unreachable']))
  // The last call only tells why a transfer would fail.
  expect(['chain/unreachable', 'payment/underfunded, for good']).toContain(said.at(-2))
})
