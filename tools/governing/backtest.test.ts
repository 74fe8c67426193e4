import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { defaultRevenueRule } from '../../attribution/index.ts'
import { loadOrCreateKeys } from '../../chain/index.ts'
import { digestOf, revenueRuleSchema, type RevenueRule } from '../../kernel/index.ts'
import { leavesOf, listEpochs, openStore, type Store } from '../../store/index.ts'
import type { Progress } from '../context.ts'
import { accountOf } from '../settlement/computeStatement.ts'
import { payEpoch, type PaidAnswer } from '../testing/paidEpochs.ts'
import { runBacktest } from './runBacktest.ts'

const folder = mkdtempSync(join(tmpdir(), 'tributary-backtest-'))
const keys = loadOrCreateKeys(folder)
const homes = new Map<string, Promise<Store>>()
afterAll(async () => {
  for (const opening of homes.values()) await (await opening).close()
  rmSync(folder, { recursive: true, force: true })
})

const wei = 10n ** 15n
/** Three epochs, two adapters: `b` is charged more than it earns in the first, and pays it back in the others. */
const history: readonly (readonly PaidAnswer[])[] = [
  [
    { name: 'one', feeWei: wei, scores: { 'npm:a': 50, 'npm:b': -40 } },
    { name: 'two', feeWei: 3n * wei + 1n, scores: { 'npm:a': 10, 'npm:b': 5, 'npm:c': 1 } },
  ],
  [
    { name: 'three', feeWei: 7n * wei, scores: { 'npm:a': -3, 'npm:b': 30, 'npm:c': 2 } },
    { name: 'four', feeWei: 2n * wei, scores: { 'npm:c': 9 }, adapter: 'other' },
    { name: 'five', feeWei: wei, scores: { 'npm:d': -9 } },
  ],
  [{ name: 'six', feeWei: 5n * wei, scores: { 'npm:b': 3, 'npm:d': 1 } }],
]

/** A home that sold these epochs by a rule; one for all tests that ask for the same. */
function home(rule: RevenueRule, epochs: readonly (readonly PaidAnswer[])[] = history): Promise<Store> {
  const key = JSON.stringify([rule, epochs.flat().map(({ name }) => name)])
  const opening = homes.get(key) ?? open(rule, epochs)
  homes.set(key, opening)
  return opening
}

async function open(rule: RevenueRule, epochs: readonly (readonly PaidAnswer[])[]): Promise<Store> {
  const store = await openStore({ dir: 'memory://' })
  for (const answers of epochs) await payEpoch({ store, keys }, rule, answers)
  return store
}

const play = (store: Store, rule: RevenueRule, progress?: (at: Progress) => void) =>
  runBacktest({ store, keys, call: { face: 'test', ...(progress ? { heartbeat: progress } : {}) } }, rule)

const ruleWith = (fields: object): RevenueRule => revenueRuleSchema.parse({ ...defaultRevenueRule, ...fields })
const generous = ruleWith({ treasuryPpm: 10_000, serverPpm: 90_000, contributorsPpm: 800_000 })
const plain = ruleWith({ shareRule: 'positive-per-payee/1', noiseFloorMicroNats: 4 })
const capped = ruleWith({ v: 3, payeeCapPpm: 300_000 })

test('played by the rule in force, 6 receipts of 3 epochs give everybody what was paid, to the wei', async () => {
  const store = await home(defaultRevenueRule)
  const report = await play(store, defaultRevenueRule)
  expect(report).toMatchObject({ receipts: 6, droppedToZero: [], against: [{ receipts: 6 }], notReplayed: [] })
  expect(report.proposed).toEqual(report.paid)
  expect(report.payees.every(({ changeWei, changePpm }) => changeWei === '0' && changePpm === 0)).toBe(true)
  const paid = new Map((await leavesOf(store, { epoch: 3 })).map((leaf) => [leaf.payee, String(leaf.cumulativeWei)]))
  expect(new Map(report.payees.map(({ payee, paidWei }) => [payee, paidWei]))).toEqual(paid)
})

test.each([
  ['another split of the fee', generous],
  ['another share rule with a floor', plain],
  ['a cap', capped],
])(
  '%s: played on receipts that were paid by another rule it gives what a home that sold by it did pay',
  async (_, rule) => {
    const report = await play(await home(defaultRevenueRule), rule)
    const real = await home(rule)
    const paid = new Map((await leavesOf(real, { epoch: 3 })).map((leaf) => [leaf.payee, String(leaf.cumulativeWei)]))
    const proposed = report.payees.filter(({ proposedWei }) => proposedWei !== '0')
    expect(new Map(proposed.map(({ payee, proposedWei }) => [payee, proposedWei]))).toEqual(paid)
    expect(report.payees.some(({ changeWei }) => changeWei !== '0')).toBe(true)
    for (const { treasuryWei, poolWei, number } of (await listEpochs(real, {})).slice(0, 3)) {
      expect(report.epochs[number - 1]!.proposed).toMatchObject({
        treasuryWei: String(treasuryWei),
        poolWei: String(poolWei),
      })
    }
  },
)

test('a rule that pays by provenance, played on a traced answer whose part the pool got, gives what a home that sold by it did pay', async () => {
  const words = { 'npm:a': 250_000, 'npm:e': 125_000 }
  const traced = [...history, [{ name: 'seven', feeWei: 8n * wei, scores: {}, words, adapter: 'card' }]]
  const byWords = ruleWith({ v: 4, payeeCapPpm: 1_000_000, provenanceRule: 'verbatim-provenance/1' })
  const report = await play(await home(defaultRevenueRule, traced), byWords)
  const real = await home(byWords, traced)
  const paid = new Map((await leavesOf(real, { epoch: 4 })).map((leaf) => [leaf.payee, String(leaf.cumulativeWei)]))
  expect(new Map(report.payees.map(({ payee, proposedWei }) => [payee, proposedWei]))).toEqual(paid)
  // 70 % of the fee: a quarter to one, an eighth to the other, the rest stays with the pool.
  const changes = report.payees.flatMap(({ payee, changeWei }) => (changeWei === '0' ? [] : [[payee, changeWei]]))
  expect(changes).toEqual([
    ['npm:a', String((8n * wei * 7n) / 40n)],
    ['npm:e', String((8n * wei * 7n) / 80n)],
  ])
  expect(report.epochs[3]!.paid.poolWei).toBe(String((8n * wei * 7n) / 10n))
})

test('each epoch’s five parts sum to what it received, and the epochs to the whole, paid and proposed', async () => {
  const report = await play(await home(defaultRevenueRule), plain)
  const sum = (parts: object) => Object.values(parts).reduce<bigint>((all, part) => all + BigInt(part as string), 0n)
  for (const { receivedWei, paid, proposed } of report.epochs) {
    expect(sum(paid)).toBe(BigInt(receivedWei))
    expect(sum(proposed)).toBe(BigInt(receivedWei))
  }
  expect(sum(report.paid)).toBe(19n * wei + 1n)
  expect(sum(report.proposed)).toBe(19n * wei + 1n)
  const earned = report.payees.reduce((all, { proposedWei }) => all + BigInt(proposedWei), 0n)
  expect(earned + BigInt(report.proposed.treasuryWei) + BigInt(report.proposed.poolWei)).toBe(19n * wei + 1n)
})

test('who falls under a floor of 9 everywhere drops to zero by name, and concentration grows', async () => {
  const report = await play(await home(plain), ruleWith({ shareRule: plain.shareRule, noiseFloorMicroNats: 9 }))
  expect(report.droppedToZero).toEqual(['npm:c'])
  expect(report.payees.find(({ payee }) => payee === 'npm:c')).toMatchObject({
    proposedWei: '0',
    changePpm: -1_000_000,
  })
  expect(report.concentration.proposed.giniPpm).toBeGreaterThan(report.concentration.paid.giniPpm)
  expect(report.concentration.paid.count).toBe(3)
})

test('a changed share of scoring is named as not played again; against names the rules of the receipts', async () => {
  const report = await play(await home(defaultRevenueRule), ruleWith({ exactSample: 99, evidenceFloorPpm: 1 }))
  expect(report.notReplayed).toEqual(['exactSample', 'evidenceFloorPpm'])
  expect(report.against).toEqual([{ rule: digestOf(defaultRevenueRule), receipts: 6 }])
})

test('a stored leaf of 1 wei more is no basis: tools/backtest-basis names payee and epoch', async () => {
  const store = await home(defaultRevenueRule, history.slice(0, 2))
  await store.db.execute(`update leaves set epoch_wei = epoch_wei + 1 where epoch = 2 and payee = 'npm:b'`)
  await expect(play(store, plain)).rejects.toMatchObject({
    code: 'tools/backtest-basis',
    facts: { epoch: 2, payee: 'npm:b' },
  })
})

test('an epoch that is open, or a home that sold nothing, is an empty report; the server’s own part is its own', async () => {
  const store = await home(defaultRevenueRule, [])
  expect(await play(store, plain)).toMatchObject({ receipts: 0, epochs: [], payees: [], receivedWei: '0' })
  const one = await home(defaultRevenueRule, [[{ name: 'x', feeWei: 1_000n, scores: {} }]])
  const server = accountOf(keys.server.address)
  expect((await play(one, generous)).payees.find(({ payee }) => payee === server)).toMatchObject({
    paidWei: '150',
    proposedWei: '90',
    changePpm: -400_000,
  })
})

test('520 receipts are read in two pages, told as they go, and give the same digest each time', async () => {
  const answers = Array.from({ length: 520 }, (_, i): PaidAnswer => {
    return { name: `n${i}`, feeWei: BigInt(1_000 + i), scores: { [`npm:p${i % 7}`]: i % 11, 'npm:q': 3 - (i % 5) } }
  })
  const store = await home(defaultRevenueRule, [answers])
  const told: Progress[] = []
  const report = await play(store, generous, (at) => told.push(at))
  expect(told.map(({ done, of }) => [done, of])).toEqual([
    [500, 520],
    [520, 520],
  ])
  expect(digestOf(await play(store, generous))).toBe(digestOf(report))
})
