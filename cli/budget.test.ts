import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { readBalance } from '../chain/index.ts'
import { findError, type Address } from '../kernel/index.ts'
import { findSpending, spendingsOf } from '../store/index.ts'
import { purchases } from '../store/schema/index.ts'
import { openTestGateway, type TestGateway } from '../gateway/testing/openTestGateway.ts'
import { boundTools } from '../tools/boundTools.ts'
import { runTool, type BoundTool, type ToolContext } from '../tools/index.ts'
import { openTestContext, type TestContext } from '../tools/testing/openTestContext.ts'
import { tinyDatanet, trainTinyModel } from '../tools/testing/trainTinyModel.ts'
import { createProgram } from './createProgram.ts'

let edges: TestContext
let gateway: TestGateway
beforeAll(async () => {
  edges = await openTestContext()
  await trainTinyModel(edges.ctx)
  gateway = await openTestGateway(edges.ctx, boundTools)
  edges.setGatewayUrl(gateway.url)
  writeFileSync(join(edges.ctx.home.keys, 'operator-token'), gateway.operatorToken, { mode: 0o600 })
  vi.stubEnv('TRIBUTARY_HOME', edges.ctx.home.dir)
})
afterAll(async () => {
  await gateway?.close()
  await edges?.close()
  vi.unstubAllEnvs()
})

const question = (n: number | string) => ({
  model: tinyDatanet,
  messages: [{ role: 'user', content: `Which river is number ${n}?` }],
  max_tokens: 4,
})

/** Calls a tool in the name of an agent and a run, as an activity of a workflow does. */
async function call(name: string, input: object, key: string, { run = 'run', agent = 'buyer', ctx = edges.ctx } = {}) {
  const tool = boundTools.find(({ definition }) => definition.name === name) as BoundTool
  return runTool(tool, input, { ...ctx, call: { face: 'activity', effectKey: key, run, agent } })
}
const wallet = () => edges.ctx.keys.buyer.address as Address
const balance = () => readBalance(edges.ctx.chain, wallet())
const feeOf = async (n: string) => BigInt(String((await call('quote', question(n), '')).feeWei))

async function cli(...args: string[]): Promise<string> {
  const lines: string[] = []
  await createProgram((line) => lines.push(line)).run(args)
  return lines.join('\n')
}

test('12 asks at once from a run with a budget for 4: 4 answers are paid, 8 are refused and cost nothing', async () => {
  const runBudgetWei = String(4n * (await feeOf('1')))
  const before = await balance()
  const asks = Array.from({ length: 12 }, (_, i) =>
    call('ask', { ...question((i % 8) + 1), runBudgetWei }, `crowd ${i}`, { run: 'crowd' }),
  )
  const ended = await Promise.allSettled(asks)
  const codes = ended.map((end) => (end.status === 'fulfilled' ? 'paid' : findError(end.reason)?.code))
  expect(codes.filter((code) => code === 'paid')).toHaveLength(4)
  expect(codes.filter((code) => code === 'budget/per-run')).toHaveLength(8)
  expect(before - (await balance())).toBe(BigInt(runBudgetWei))
  expect(await spendingsOf(edges.ctx.store, { wallet: wallet() })).toEqual([])
})

test('what is refused by a day’s limit is bought once the limit is raised; the same key is charged once', async () => {
  const fee = await feeOf('a')
  await call('set_budget', { agent: 'thrifty', perDayWei: String(fee - 1n) }, 'set 1')
  const of = { run: 'r1', agent: 'thrifty' }
  await expect(call('ask', question('a'), 'day 1', of)).rejects.toMatchObject({
    code: 'budget/per-day',
    facts: { askedWei: String(fee), usedWei: '0', limitWei: String(fee - 1n) },
  })
  await call('set_budget', { agent: 'thrifty', perDayWei: String(fee) }, 'set 2')
  const before = await balance()
  const first = await call('ask', question('a'), 'day 1', of)
  expect(await call('ask', question('a'), 'day 1', of)).toEqual(first)
  await expect(call('ask', question('b'), 'day 2', of)).rejects.toMatchObject({ code: 'budget/per-day' })
  expect(before - (await balance())).toBe(fee)
  expect(await findSpending(edges.ctx.store, { key: 'day 1' })).toMatchObject({ state: 'spent', spentWei: fee, agent: 'thrifty' }) // prettier-ignore
})

/** A context whose process ends at one point of a purchase. */
function dying(at: 'before it is signed' | 'before it leaves'): ToolContext {
  const { ctx } = edges
  const die = () => Promise.reject(new Error('killed'))
  if (at === 'before it leaves') return { ...ctx, gatewayUrl: () => 'http://127.0.0.1:9' }
  const signs = { signTypedData: { value: (data: { primaryType: string }) => (data.primaryType === 'Line' ? ctx.keys.buyer.signTypedData(data as never) : die()) } } // prettier-ignore
  return { ...ctx, keys: { ...ctx.keys, buyer: Object.create(ctx.keys.buyer, signs) as typeof ctx.keys.buyer } }
}

test('killed between reservation and signature, the retry finds its reservation by its key; left alone it is free after 10 minutes', async () => {
  const before = await balance()
  const fee = await feeOf('k')
  await expect(call('ask', question('k'), 'kill 1', { ctx: dying('before it is signed') })).rejects.toThrow()
  expect(await findSpending(edges.ctx.store, { key: 'kill 1' })).toMatchObject({ state: 'reserved', attempt: 1 })
  await call('ask', question('k'), 'kill 1')
  expect(await findSpending(edges.ctx.store, { key: 'kill 1' })).toMatchObject({ state: 'spent', attempt: 1 })
  expect(before - (await balance())).toBe(fee)

  await expect(call('ask', question('l'), 'kill 2', { ctx: dying('before it is signed') })).rejects.toThrow()
  expect(await call('reconcile_budget', {}, 'early')).toEqual({ settled: 0, released: 0, open: 1 })
  edges.shiftClock(11 * 60_000)
  expect(await call('reconcile_budget', {}, 'late')).toEqual({ settled: 0, released: 1, open: 0 })
  edges.shiftClock(0)
})

test('a signed payment that never left counts until it can’t be charged any more, then it is free', async () => {
  const before = await balance()
  const fee = await feeOf('m')
  const { ctx } = edges
  // The gateway is reached for the terms, and gone when the payment is to leave.
  let calls = 0
  const plain = globalThis.fetch
  vi.stubGlobal('fetch', (...args: Parameters<typeof fetch>) =>
    ++calls === 2 ? Promise.reject(new TypeError('cut')) : plain(...args),
  )
  await expect(call('ask', question('m'), 'cut 1')).rejects.toThrow()
  vi.unstubAllGlobals()
  expect(await findSpending(ctx.store, { key: 'cut 1' })).toMatchObject({ state: 'signed', amountWei: fee })
  const [kept] = await ctx.store.db.select().from(purchases).where(eq(purchases.key, 'cut 1'))
  expect(kept?.amountWei).toBe(fee)
  expect(await call('reconcile_budget', {}, 'cut early')).toEqual({ settled: 0, released: 0, open: 1 })
  edges.shiftClock(30 * 60_000)
  expect(await call('reconcile_budget', {}, 'cut late')).toEqual({ settled: 0, released: 1, open: 0 })
  edges.shiftClock(0)
  expect(before - (await balance())).toBe(0n)
})

test('every decision is a line signed by the wallet, which `budget --check` verifies with no server; one changed digit is found', async () => {
  const trail = await cli('budget', '--trail')
  const file = join(edges.ctx.home.dir, 'trail.json')
  writeFileSync(file, trail)
  expect(await cli('budget', '--check', file)).toMatch(/^\d+ lines, each signed by the wallet .*: \d+ allowed, \d+ denied$/)
  const { lines } = JSON.parse(trail) as { lines: { kind: string }[] }
  const kinds = Map.groupBy(lines, ({ kind }) => kind)
  expect(kinds.get('budget/deny')!.length).toBeGreaterThanOrEqual(10)
  expect(kinds.get('budget/allow')!.length).toBeGreaterThanOrEqual(7)
  expect(trail).not.toContain('Which river')
  for (const field of ['\\"amountWei\\":\\"', '"signature":"0x', '"previous":"0x', '"digest":"0x']) {
    const at = trail.indexOf(field, trail.length / 2) + field.length
    writeFileSync(file, `${trail.slice(0, at)}${trail[at] === '7' ? '8' : '7'}${trail.slice(at + 1)}`)
    await expect(cli('budget', '--check', file)).rejects.toMatchObject({ code: 'budget/trail-broken' })
  }
}) // prettier-ignore

test('`tributary budget` shows each limit with what was spent, reserved and is left', async () => {
  await call('set_budget', { perPaymentWei: '10000000000000000', totalWei: '2000000000000000000' }, 'set 3')
  const table = await cli('budget', '--all')
  expect(table).toContain(wallet().toLowerCase())
  expect(table).toMatch(/all agents +payment +0\.010000 +0\.000000 +0\.000000/)
  expect(table).toMatch(/thrifty +day/)
  expect(table).toMatch(/all agents +run +crowd/)
  const { rows } = JSON.parse(await cli('budget', '--json')) as { rows: Record<string, string>[] }
  const total = rows.find(({ scope, agent }) => scope === 'total' && agent === '')!
  expect(BigInt(total['leftWei']!)).toBe(BigInt(total['limitWei']!) - BigInt(total['spentWei']!) - BigInt(total['reservedWei']!)) // prettier-ignore
})
