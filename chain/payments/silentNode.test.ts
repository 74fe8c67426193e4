import { encodePaymentSignatureHeader } from '@x402/core/http'
import { ExactEvmScheme } from '@x402/evm/exact/client'
import { x402Client } from '@x402/fetch'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findError, type Address } from '../../kernel/index.ts'
import { ensureOpen } from '../actions/ensureOpen.ts'
import { openFaultyNode } from '../client/faultyNode.ts'
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

test('whichever call of a verification gets no answer, a good payment is never called bad: chain/unreachable, try again', async () => {
  const requirements = paymentRequirements(node.chain, { amountWei: 1_000n })
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
  try {
    const chain = await node.reopen({ rpcUrl: faulty.url })
    methods.length = 0
    await verifyPayment(chain, { payment, requirements })
    const calls = methods.length
    expect(calls).toBeGreaterThanOrEqual(4)
    expect(methods).toContain('eth_getCode')
    const said: string[] = []
    for (silentFrom = 0; silentFrom < calls; silentFrom++) {
      methods.length = 0
      const failure: unknown = await verifyPayment(chain, { payment, requirements }).catch((error: unknown) => error)
      const { code, retry } = findError(failure) ?? { code: 'none', retry: true }
      said.push(retry ? code : `${code}, for good`)
    }
    // The last call only tells why a transfer would fail.
    expect(new Set(said.slice(0, -1))).toEqual(new Set(['chain/unreachable']))
    expect(['none', 'chain/unreachable']).toContain(said.at(-1))
  } finally {
    faulty.close()
  }
})
