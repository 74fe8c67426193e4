import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { attributionSchema, digestText, revenueRuleSchema } from '../../kernel/index.ts'
import { attributions, traces } from '../schema/index.ts'
import type { Store } from '../store.ts'
import { codeOf } from '../testing/codeOf.ts'
import { makeAnswer, makeReservation } from '../testing/makeReceipt.ts'
import { describeOnBoth } from '../testing/openTestStores.ts'
import { transaction } from '../transaction.ts'
import { getAdapter } from './adapters/getAdapter.ts'
import { listAliases } from './adapters/listAliases.ts'
import { markAdapterOnChain } from './adapters/markAdapterOnChain.ts'
import { findModel } from './adapters/findModel.ts'
import { saveAdapter } from './adapters/saveAdapter.ts'
import { setAlias } from './adapters/setAlias.ts'
import { attributionOf } from './attributions/attributionOf.ts'
import { recordAttribution } from './attributions/recordAttribution.ts'
import { unattributedReceipts } from './attributions/unattributedReceipts.ts'
import { historyOf } from './histories/historyOf.ts'
import { saveHistory } from './histories/saveHistory.ts'
import { recordAnswer } from './payments/recordAnswer.ts'
import { reservePayment } from './payments/reservePayment.ts'
import { findPurchase } from './purchases/findPurchase.ts'
import { savePurchase } from './purchases/savePurchase.ts'
import { findPayment } from './payments/findPayment.ts'
import { eraseAnswer } from './receipts/eraseAnswer.ts'
import { getAnswer } from './receipts/getAnswer.ts'
import { getRule } from './rules/getRule.ts'
import { saveRule } from './rules/saveRule.ts'
import { finishRun } from './runs/finishRun.ts'
import { listCheckpoints } from './runs/listCheckpoints.ts'
import { openRun } from './runs/openRun.ts'
import { recordCheckpoint } from './runs/recordCheckpoint.ts'
import { finishTour } from './tours/finishTour.ts'
import { listTours } from './tours/listTours.ts'
import { openTour } from './tours/openTour.ts'
import { appendTrace } from './traces/appendTrace.ts'
import { listTrace } from './traces/listTrace.ts'

const digest = digestText
describeOnBoth('records', ({ open }) => {
  let store: Store
  beforeAll(async () => {
    store = await open()
  })
  afterAll(() => store.close())

  test('a name means the adapter it was set to last, and remembers the ones before', async () => {
    for (const name of ['one', 'two']) {
      await saveAdapter(store, {
        digest: digest(name),
        base: digest('base'),
        datanet: digest('net'),
        recipe: digest('recipe'),
        run: 'run',
        counterfactualRoot: digest('cf'),
        cardDigest: digest('card'),
        heldOutLossBeforeMicroNats: 3_000_000_000_000,
        heldOutLossAfterMicroNats: 2_500_000,
        files: { weights: digest(`w${name}`), 'counterfactual/0': digest(`c${name}`) },
      })
      await setAlias(store, { name: 'tributary', adapter: digest(name) })
    }
    await setAlias(store, { name: 'tributary', adapter: digest('two') })
    expect(await findModel(store, { model: 'tributary' })).toBe(digest('two'))
    expect(await findModel(store, { model: digest('one') })).toBe(digest('one'))
    expect((await listAliases(store, {})).map(({ adapter }) => adapter)).toEqual([digest('one'), digest('two')])
    expect(await findModel(store, { model: 'nothing' })).toBeUndefined()
    await markAdapterOnChain(store, { digest: digest('one'), tx: digest('tx') })
    expect(await getAdapter(store, { digest: digest('one') })).toMatchObject({
      tx: digest('tx'),
      heldOutLossBeforeMicroNats: 3_000_000_000_000,
      files: { 'counterfactual/0': digest('cone'), weights: digest('wone') },
    })
  })

  test('a step reached twice with the same bytes is one checkpoint, with other bytes an error', async () => {
    const run = { id: 'run', recipe: digest('r'), base: digest('b'), datanet: digest('d'), totalSteps: 96 }
    await openRun(store, run)
    expect(await codeOf(openRun(store, { ...run, totalSteps: 97 }))).toBe('store/run-conflict')
    for (const step of [32, 8, 8]) await recordCheckpoint(store, { run: 'run', step, state: digest(`s${step}`) })
    expect((await listCheckpoints(store, { run: 'run' })).map(({ step }) => step)).toEqual([8, 32])
    expect(await codeOf(recordCheckpoint(store, { run: 'run', step: 8, state: digest('x') }))).toBe(
      'store/checkpoint-diverged',
    )
    expect((await finishRun(store, { id: 'run', adapter: digest('a') })).adapter).toBe(digest('a'))
  })

  test('scores of a receipt are written once, other scores are refused, a changed byte is noticed', async () => {
    await reservePayment(store, makeReservation('scored'))
    const kept = { finish: 'stop', logprobs: '[{"token":"a\\u0000"}]' } as const
    const { id } = await recordAnswer(store, { ...makeAnswer('scored'), ...kept })
    expect(await getAnswer(store, { receipt: id })).toMatchObject(kept)
    expect(await unattributedReceipts(store, {})).toEqual([id])
    const attribution = attributionSchema.parse({
      v: 1,
      receipt: id,
      method: 'counterfactual-linear/1',
      adapterSet: digest('set'),
      groups: [{ group: 0, scoreMicroNats: -5 }],
      payees: [{ payee: 'npm:a', scoreMicroNats: 7, sharePpm: 1_000_000 }],
      top: [],
    })
    const first = await recordAttribution(store, { attribution })
    expect(await recordAttribution(store, { attribution })).toBe(first)
    expect(await unattributedReceipts(store, {})).toEqual([])
    expect(await attributionOf(store, { receipt: id })).toEqual(attribution)
    const other = { ...attribution, method: 'other/1' }
    expect(await codeOf(recordAttribution(store, { attribution: other }))).toBe('store/attribution-conflict')
    await recordAttribution(store, { attribution: other, tier: 'money' })
    expect(await attributionOf(store, { receipt: id })).toEqual(other)
    expect(await attributionOf(store, { receipt: id, tier: 'receipt' })).toEqual(attribution)
    expect(await codeOf(recordAttribution(store, { attribution, tier: 'money' }))).toBe('store/attribution-conflict')
    await store.db
      .update(attributions)
      .set({ body: JSON.stringify(other) })
      .where(eq(attributions.receipt, id))
    expect(await codeOf(attributionOf(store, { receipt: id }))).toBe('store/attribution-damaged')
    await eraseAnswer(store, { receipt: id, atMs: 4 })
    expect(await getAnswer(store, { receipt: id })).toMatchObject({
      answerText: null,
      requestText: null,
      answerIds: null,
      logprobs: null,
      erasedAtMs: 4,
    })
  })

  test('a revenue rule is found by the digest that receipts name', async () => {
    const rule = revenueRuleSchema.parse({
      v: 1,
      treasuryPpm: 50_000,
      serverPpm: 150_000,
      modelOwnerPpm: 200_000,
      contributorsPpm: 600_000,
      noiseFloorMicroNats: 0,
      shareRule: 'positive-per-payee/1',
    })
    expect(await getRule(store, { digest: await saveRule(store, { rule }) })).toEqual(rule)
  })

  test('20 concurrent writers make one unbroken chain of 20 lines, a repeated key adds none', async () => {
    const append = (i: number) =>
      appendTrace(store, { subject: 'tour', key: `step ${i}`, kind: 'decision', body: { i } })
    await Promise.all(Array.from({ length: 20 }, (_, i) => append(i)))
    await append(3)
    const lines = await listTrace(store, { subject: 'tour' })
    expect(new Set(lines.map(({ key }) => key)).size).toBe(20)
    expect(lines.map(({ position }) => position)).toEqual(Array.from({ length: 20 }, (_, i) => i))
    const changed = { subject: 'tour', key: 'step 3', kind: 'decision', body: { i: 4 } }
    expect(await codeOf(appendTrace(store, changed))).toBe('store/trace-conflict')
    await store.db.update(traces).set({ body: '{"i":99}' }).where(eq(traces.key, 'step 5'))
    expect(await codeOf(listTrace(store, { subject: 'tour' }))).toBe('store/trace-damaged')
  })

  test('a tour keeps its first options and its first summary', async () => {
    const tour = { id: 't', questionSet: digest('q'), options: { samples: 512 } }
    await openTour(store, tour)
    expect((await openTour(store, { ...tour, options: { samples: 5 } })).options).toBe('{"samples":512}')
    await finishTour(store, { id: 't', summary: '{"loss":1.5}' })
    expect((await finishTour(store, { id: 't', summary: '{}' })).summary).toBe('{"loss":1.5}')
    expect(await listTours(store, {})).toHaveLength(1)
  })

  test('the latest history of a workflow is the one that is kept', async () => {
    for (const events of [10, 20])
      await saveHistory(store, { workflow: 'w', run: 'r', blob: digest(`h${events}`), events })
    expect(await historyOf(store, { workflow: 'w' })).toMatchObject({ blob: digest('h20'), events: 20 })
  })

  test('a signed payment is kept under its key before it leaves, and the later one is the one that counts', async () => {
    expect(await findPurchase(store, { key: 'k' })).toBeUndefined()
    for (const payment of ['first', 'second'])
      await savePurchase(store, { key: 'k', payment, amountWei: 10n ** 24n, atMs: 1 })
    expect(await findPurchase(store, { key: 'k' })).toEqual({
      key: 'k',
      payment: 'second',
      amountWei: 10n ** 24n,
      atMs: 1,
    })
  })

  test('a payment that nobody made is undefined to find and an error to get', async () => {
    expect(await findPayment(store, makeReservation('nobody'))).toBeUndefined()
    expect(await findPayment(store, makeReservation('scored'))).toMatchObject({ state: 'answered' })
  })

  test('a transaction that fails half-way leaves nothing, and its error quotes no parameter', async () => {
    const failing = transaction(store, async (tx) => {
      await openTour(tx, { id: 'half', questionSet: digest('q'), options: {} })
      await saveHistory(tx, { workflow: 'heron', run: 'r', blob: digest('h'), events: 2 ** 40 })
    })
    const failure = await failing.catch((error: unknown) => error)
    expect(JSON.stringify(failure)).toContain('store/query-failed')
    expect(JSON.stringify(failure) + String(failure)).not.toContain('heron')
    expect((await listTours(store, {})).map(({ id }) => id)).toEqual(['t'])
  })
})
