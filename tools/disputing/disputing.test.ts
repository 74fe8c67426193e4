import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureOpen, proposeRoot, readBalance, signReceipt, withdrawOwed } from '../../chain/index.ts'
import { digestText, receiptSchema, type Address } from '../../kernel/index.ts'
import { currentEpoch, recordAnswer, reservePayment } from '../../store/index.ts'
import { makeAnswer, makeReceipt, makeReservation } from '../../store/testing/makeReceipt.ts'
import { boundTools } from '../boundTools.ts'
import { runTool, type ToolContext } from '../index.ts'
import { openTestContext, type TestContext } from '../testing/openTestContext.ts'

let test1: TestContext
let ctx: ToolContext
beforeAll(async () => {
  test1 = await openTestContext({ challengeSeconds: 3_600 })
  ctx = test1.ctx
})
afterAll(() => test1.close())

let calls = 0
async function call(name: string, input: object): Promise<Record<string, unknown>> {
  const tool = boundTools.find(({ definition }) => definition.name === name)!
  const called = { face: 'test', effectKey: `dispute ${calls++}` } as const
  return runTool(tool, input, { ...ctx, call: called })
}
const addressOf = (key: 'operator' | 'server' | 'verifier') => ctx.keys[key].address.toLowerCase() as Address
const open = 10n ** 18n
const [bond, twoFifths] = [100n * open, 180n * open]

describe('stakes by tools', () => {
  test('a server stakes 10 OPEN once, however often it is asked, asks 4 back, and takes nothing before the cool-down', async () => {
    const first = await call('stake', { role: 'server', wei: `${10n * open}` })
    expect(first).toMatchObject({ account: addressOf('server'), activeWei: `${10n * open}` })
    expect(first['transaction']).toMatch(/^0x/)
    expect((await call('stake', { role: 'server', wei: `${10n * open}` }))['transaction']).toBeNull()
    expect(await call('unstake', { role: 'server', wei: `${6n * open}` })).toMatchObject({ pendingWei: `${4n * open}` })
    await expect(call('withdraw_stake', { role: 'server' })).rejects.toMatchObject({ facts: { error: 'CoolingDown' } })
    expect(await call('stake_of', { role: 'server' })).toMatchObject({ activeWei: `${6n * open}`, openDisputes: 0 })
    expect(await call('stake_of', { role: 'server', account: addressOf('verifier') })).toMatchObject({ activeWei: '0' })
  })
})

describe('disputes by tools', () => {
  test('a root is challenged, answered by its proposer, decided by the steward and paid: 180 OPEN to the winner', async () => {
    await ensureOpen(ctx.chain, { account: ctx.chain.contracts.rewardVault, wei: 100n })
    const root = digestText('a root')
    await expect(call('open_dispute', { epoch: 1, reason: 'none there' })).rejects.toMatchObject({
      code: 'tools/no-proposal',
    })
    await expect(call('open_dispute', { reason: 'about nothing' })).rejects.toMatchObject({
      code: 'tools/dispute-subject',
    })
    await proposeRoot(ctx.chain, { epoch: 1, root, totalWei: 100n, evidence: digestText('evidence') })
    const opened = await call('open_dispute', { epoch: 1, reason: 'it pays the operator what it took' })
    const { id } = opened
    expect(opened).toMatchObject({ kind: 'root', state: 'open', subject: root, accused: addressOf('operator') })
    const said = JSON.parse(new TextDecoder().decode(await ctx.blobs.get(opened['evidence'] as never))) as object
    expect(said).toMatchObject({ subject: root, text: 'it pays the operator what it took' })
    await expect(call('decide_dispute', { id, verdict: 'dismissed' })).rejects.toMatchObject({
      facts: { error: 'NotAnswered' },
    })
    expect(await call('answer_dispute', { id, answer: 'the tree says otherwise' })).toMatchObject({ state: 'answered' })
    const before = await readBalance(ctx.chain, addressOf('operator'))
    const ended = await call('decide_dispute', { id, verdict: 'dismissed' })
    expect(ended).toMatchObject({ state: 'dismissed', paid: [{ account: addressOf('operator'), wei: `${twoFifths}` }] })
    expect((await readBalance(ctx.chain, addressOf('operator'))) - before).toBe(twoFifths)
    expect(await call('dispute_status', { id })).toMatchObject({ state: 'dismissed', slashedWei: '0' })
  })

  test('a receipt that its server admits costs half of its 10 OPEN of stake, 1.5 of them to the challenger', async () => {
    const { store, keys } = ctx
    await currentEpoch(store, {})
    await reservePayment(store, makeReservation('disputed', 1_000n))
    const signed = await signReceipt(receiptSchema.parse(makeReceipt('disputed', 1_000n)), keys.server)
    const { receipt, signature } = signed
    await recordAnswer(store, { ...makeAnswer('disputed', 1_000n), receipt, signature, signer: addressOf('server') })
    const { id } = await call('open_dispute', { receipt: signed.id, reason: 'other weights answered' })
    const given = await call('answer_dispute', { id, answer: 'true', concede: true })
    expect(given).toMatchObject({ kind: 'receipt', state: 'upheld', slashedWei: `${5n * open}` })
    await expect(call('open_dispute', { receipt: signed.id, reason: 'again' })).rejects.toMatchObject({
      facts: { error: 'Closed' },
    })
    expect(bond).toBe(BigInt(given['bondWei'] as string))
    expect(await withdrawOwed(ctx.chain, 'disputes', addressOf('verifier'))).toBe(bond + (15n * open) / 10n)
  })
})
