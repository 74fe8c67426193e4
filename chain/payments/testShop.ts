import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { findError } from '../../kernel/index.ts'
import type { TestChain } from '../testChain.ts'
import { decodePayment } from './decodePayment.ts'
import { exactScheme } from './exactScheme.ts'
import { paymentChallenge } from './paymentChallenge.ts'
import { paymentReceiptHeader } from './paymentReceiptHeader.ts'
import { paymentRequirements } from './paymentRequirements.ts'
import { settlePayment } from './settlePayment.ts'
import { verifyPayment } from './verifyPayment.ts'

export type TestShop = { url: string; server: Server; sold: () => number }

/** A seller as small as can be: challenge, decode, verify, settle, answer. */
export async function openTestShop({ chain }: Pick<TestChain, 'chain'>, priceWei: bigint): Promise<TestShop> {
  let sold = 0
  const handle = async (request: IncomingMessage) => {
    const requirements = paymentRequirements(chain, { amountWei: priceWei })
    try {
      const payment = decodePayment(
        (name) => request.headers[name.toLowerCase()] as string | undefined,
        [exactScheme(chain)],
      )
      await verifyPayment(chain, { payment, requirements })
      const { tx } = await settlePayment(chain, { payment, requirements })
      sold++
      const { payer } = payment
      const headers = paymentReceiptHeader({ tx, payer, amountWei: priceWei, chainId: chain.chainId })
      return { status: 200, headers, body: { answer: 'yes' } as unknown }
    } catch (error) {
      const known = findError(error)
      if (known === undefined) throw error
      const challenge = paymentChallenge({ accepts: [requirements], resourceUrl: 'http://shop/ask', error: known.code })
      return { status: 402, headers: challenge.headers, body: known.toJSON() as unknown }
    }
  }
  const server = createServer((request, response) => {
    void handle(request).then(({ status, headers, body }) =>
      response.writeHead(status, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(body)),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ask`, server, sold: () => sold }
}
