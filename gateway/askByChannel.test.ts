import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readBalance, readChannel } from '../chain/index.ts'
import type { Address, Digest } from '../kernel/index.ts'
import { findSpending, getPayment, getReceipt } from '../store/index.ts'
import { boundTools } from '../tools/boundTools.ts'
import { run as ask } from '../tools/ask.run.ts'
import { openTestContext, type TestContext } from '../tools/testing/openTestContext.ts'
import { trainTinyModel } from '../tools/testing/trainTinyModel.ts'
import { openTestGateway, type TestGateway } from './testing/openTestGateway.ts'

let edges: TestContext
let gateway: TestGateway
beforeAll(async () => {
  edges = await openTestContext()
  await trainTinyModel(edges.ctx)
  gateway = await openTestGateway(edges.ctx, boundTools)
  edges.setGatewayUrl(gateway.url)
})
afterAll(async () => {
  await gateway.close()
  await edges.close()
})

const balance = () => readBalance(edges.ctx.chain, edges.ctx.keys.buyer.address as Address)
const buy = (content: string, key = content) => {
  const { ctx } = edges
  const call = { face: 'test' as const, effectKey: `ask/${key}`, agent: 'tester', run: 'channels' }
  const request = { model: 'rivers', messages: [{ role: 'user' as const, content }], max_tokens: 6, temperature: 1 }
  return ask({ top_p: 1, seed: 1, pay: 'channel', ...request }, { ...ctx, call })
}
async function channelOf(receipt: Digest) {
  const { payer, nonce } = (await getReceipt(edges.ctx.store, { id: receipt })).receipt
  const { channel } = await getPayment(edges.ctx.store, { payer, nonce })
  return { id: channel!, ...(await readChannel(edges.ctx.chain, channel!)) }
}

/** A gateway that takes no paid request: what was sent is lost with the connection. */
async function cutGateway() {
  const server = createServer((request, response) => {
    if (request.headers['payment-signature']) {
      request.socket.destroy()
      return
    }
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      void fetch(`${gateway.url}${request.url}`, { method: 'POST', body: Buffer.concat(parts) }).then(async (real) => {
        response.writeHead(real.status, Object.fromEntries(real.headers)).end(await real.text())
      })
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

test('a purchase that was cut after its deposit was signed, another one, and the first again: one deposit, each answer charged once', async () => {
  const cut = await cutGateway()
  edges.setGatewayUrl(cut.url)
  await expect(buy('first?')).rejects.toThrow()
  edges.setGatewayUrl(gateway.url)
  cut.close()
  const before = await balance()
  const second = await buy('second?')
  const first = await buy('first?')
  const third = await buy('third?')
  const depositWei = before - (await balance())
  const { balanceWei, claimedWei } = await channelOf(third.receipt as Digest)

  expect(balanceWei).toBe(depositWei)
  expect(claimedWei).toBe(0n)
  expect(new Set([first.receipt, second.receipt, third.receipt]).size).toBe(3)
  expect([first, second, third].map(({ transaction }) => transaction)).toEqual(['', '', ''])
  for (const { receipt, feeWei } of [first, second, third]) {
    const { payer, nonce, scheme } = (await getReceipt(edges.ctx.store, { id: receipt as Digest })).receipt
    expect(scheme).toBe('batch-settlement')
    expect(await getPayment(edges.ctx.store, { payer, nonce })).toMatchObject({
      state: 'answered',
      feeWei: BigInt(feeWei),
    })
  }
})

test('the same purchase asked again sends the same voucher and gets the same answer; the next goes on from there', async () => {
  const one = await buy('again?')
  expect((await buy('again?')).receipt).toBe(one.receipt)
  const next = await buy('after that?')
  const { payer, nonce } = (await getReceipt(edges.ctx.store, { id: next.receipt as Digest })).receipt
  const payment = await getPayment(edges.ctx.store, { payer, nonce })
  expect(payment.channelWei! - payment.feeWei).toBeGreaterThanOrEqual(BigInt(one.feeWei))
  expect(await findSpending(edges.ctx.store, { key: 'ask/again?' })).toMatchObject({
    state: 'spent',
    scheme: 'batch-settlement',
  })
})
