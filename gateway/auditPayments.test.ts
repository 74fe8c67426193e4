import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findError, toWeiString, type Digest, type Receipt } from '../kernel/index.ts'
import { getReceipt } from '../store/index.ts'
import { run as ask } from '../tools/ask.run.ts'
import { checkPayment } from '../tools/auditing/checkPayment.ts'
import { boundTools } from '../tools/boundTools.ts'
import { run as settleChannels } from '../tools/settleChannels.run.ts'
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

async function buy(pay: 'exact' | 'upto' | 'channel', content: string): Promise<Receipt> {
  const { ctx } = edges
  const call = { face: 'test' as const, effectKey: `audit/${pay}/${content}`, agent: 'tester', run: 'audit' }
  const messages = [{ role: 'user' as const, content }]
  const sold = await ask({ model: 'rivers', messages, max_tokens: 6, temperature: 1, top_p: 1, seed: 1, pay }, { ...ctx, call }) // prettier-ignore
  return (await getReceipt(ctx.store, { id: sold.receipt as Digest })).receipt
}
const audited = (receipt: Receipt): Promise<string> =>
  checkPayment
    .run(edges.ctx, { receipt } as Parameters<typeof checkPayment.run>[1])
    .then(String, (error: unknown) => findError(error)?.code ?? String(error))

test.each(['exact', 'upto'] as const)(
  'an audit finds what was paid by %s on chain, and a fee that is 1 wei off',
  async (pay) => {
    const receipt = await buy(pay, 'who pays?')
    expect(await audited(receipt)).toContain(`${receipt.feeWei} wei`)
    const dearer = { ...receipt, feeWei: toWeiString(BigInt(receipt.feeWei) + 1n) }
    expect(await audited(dearer)).toBe('audit/differs')
  },
)

test('an answer by channel is open until it is settled; then an audit finds it, and a charge that was claimed only in part', async () => {
  const { ctx } = edges
  const first = await buy('channel', 'first?')
  const second = await buy('channel', 'second?')
  expect(await audited(first)).toBe('audit/differs')
  await settleChannels({ force: true }, { ...ctx, call: { face: 'activity', effectKey: 'audit/settle' } })
  for (const receipt of [first, second]) expect(await audited(receipt)).toContain(`${receipt.feeWei} wei of channel`)
  // As if it had been written down that more was charged of the channel than its settlement claimed.
  await ctx.store.db.execute(sql`update payments set channel_wei = channel_wei + 1 where nonce = ${second.nonce}`)
  expect(await audited(first)).toContain('wei of channel')
  expect(await audited(second)).toBe('audit/differs')
})
