import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readBalance, readChannel } from '../chain/index.ts'
import { findError, toWeiString, type Address, type Digest } from '../kernel/index.ts'
import { budgetOf, findSpending, getPayment, getReceipt, spendingsOf } from '../store/index.ts'
import { boundTools } from '../tools/boundTools.ts'
import { run as ask } from '../tools/ask.run.ts'
import { run as setBudget } from '../tools/setBudget.run.ts'
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

test('a deposit counts as an approval of what it leaves in the channel: over its limit nothing is deposited; then payments out of it add nothing', async () => {
  const { ctx } = edges
  const wallet = ctx.keys.buyer.address as Address
  const limit = (wei: bigint) =>
    setBudget(
      { agent: '', run: '', perApprovalWei: toWeiString(wei) },
      { ...ctx, call: { face: 'test', effectKey: `limit/${wei}` } },
    )
  const counted = async () => {
    const { uses } = await budgetOf(ctx.store, { wallet })
    const { reservedWei, spentWei } = uses.find(({ scope, agent }) => scope === 'total' && agent === '')!
    return reservedWei + spentWei
  }
  // Purchases until the channel needs another deposit, which its limit refuses.
  await limit(1n)
  const codes: string[] = []
  for (let i = 0; i < 12 && !codes.includes('budget/per-approval'); i++) {
    codes.push(await buy(`until it is empty ${i}?`).then(() => 'none', (error: unknown) => findError(error)?.code ?? '')) // prettier-ignore
  }
  expect(codes.at(-1)).toBe('budget/per-approval')
  const [before, counts] = [await balance(), await counted()]
  expect(await buy('still too much?').catch((error: unknown) => findError(error)?.code)).toBe('budget/per-approval')
  expect(await balance()).toBe(before)

  await limit(10n ** 18n)
  const { receipt, feeWei } = await buy('with a deposit?')
  const depositWei = before - (await balance())
  expect(depositWei).toBeGreaterThan(10n * BigInt(feeWei) - 1n)
  const after = await counted()
  const { id, balanceWei } = await channelOf(receipt as Digest)
  const { payer, nonce } = (await getReceipt(ctx.store, { id: receipt as Digest })).receipt
  const { channelWei, feeWei: chargedWei, maxWei } = await getPayment(ctx.store, { payer, nonce })
  const [approval] = (await spendingsOf(ctx.store, { wallet })).filter(({ kind }) => kind === 'approval')
  // What it holds once the whole price is charged.
  expect(approval).toMatchObject({ state: 'signed', spentWei: 0n, key: expect.stringContaining(`deposit/${id}/`) })
  expect(approval!.amountWei).toBe(balanceWei - (channelWei! - chargedWei + maxWei!))
  expect(after - counts).toBeGreaterThanOrEqual(approval!.amountWei)
  const next = await buy('out of the deposit?')
  expect(await counted()).toBe(after)
  expect(await findSpending(ctx.store, { key: approval!.key })).toMatchObject({ spentWei: BigInt(next.feeWei) })
  expect(await findSpending(ctx.store, { key: 'ask/out of the deposit?' })).toMatchObject({ within: approval!.key })
})
