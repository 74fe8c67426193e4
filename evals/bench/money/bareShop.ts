import { x402Facilitator } from '@x402/core/facilitator'
import type { FacilitatorClient } from '@x402/core/server'
import { toFacilitatorEvmSigner } from '@x402/evm'
import { ExactEvmScheme as ExactFacilitator } from '@x402/evm/exact/facilitator'
import { ExactEvmScheme as ExactServer } from '@x402/evm/exact/server'
import { paymentMiddleware, x402ResourceServer } from '@x402/hono'
import { Hono } from 'hono'
import { paymentRequirements, type Chain } from '../../../chain/index.ts'
import { listen } from '../../../gateway/index.ts'

/**
 * A shop of the bare x402 packages: their middleware for Hono, their server and facilitator in one process, over viem's clients of the
 * same anvil, and a handler that answers at once. Nothing is stored; their settings are their own.
 */
export async function openBareShop(
  chain: Chain,
  { amountWei, runDir }: { amountWei: bigint; runDir: string },
): Promise<{ url: string; close: () => Promise<void> }> {
  const { reader, writer } = chain
  const { scheme, network, asset, amount, payTo, extra, maxTimeoutSeconds } = paymentRequirements(chain, { amountWei })
  const facilitator = new x402Facilitator().register(
    network,
    new ExactFacilitator(
      toFacilitatorEvmSigner({
        address: writer.account.address,
        readContract: (call) => reader.readContract(call),
        verifyTypedData: (data) => reader.verifyTypedData(data as never),
        writeContract: (call) => writer.writeContract(call),
        sendTransaction: (call) => writer.sendTransaction(call),
        waitForTransactionReceipt: (wanted) => reader.waitForTransactionReceipt(wanted),
        getCode: (wanted) => reader.getCode(wanted),
      }),
    ),
  )
  const client: FacilitatorClient = {
    verify: (payload, requirements) => facilitator.verify(payload, requirements),
    settle: (payload, requirements) => facilitator.settle(payload, requirements),
    getSupported: async () => facilitator.getSupported() as Awaited<ReturnType<FacilitatorClient['getSupported']>>,
  }
  const server = new x402ResourceServer(client).register(network, new ExactServer())
  const app = new Hono()
  const price = { amount, asset, ...(extra ? { extra } : {}) }
  app.use(
    paymentMiddleware(
      {
        'POST /v1/chat/completions': {
          accepts: { scheme, network, payTo, price, maxTimeoutSeconds },
          description: 'an answer',
        },
      },
      server,
    ),
  )
  app.post('/v1/chat/completions', async (c) => {
    await c.req.json()
    return c.json({ answer: 'a river' })
  })
  return listen(app, { host: '127.0.0.1', port: 0, runDir })
}
