import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestText, toWeiString, payeeIdString } from '../../../kernel/index.ts'
import { receipts } from '../../schema/index.ts'
import type { Store } from '../../store.ts'
import { codeOf } from '../../testing/codeOf.ts'
import { makeAnswer, makeReservation } from '../../testing/makeReceipt.ts'
import { describeOnBoth } from '../../testing/openTestStores.ts'
import { confirmPayments } from '../payments/confirmPayments.ts'
import { getPayment } from '../payments/getPayment.ts'
import { markRefunded } from '../payments/markRefunded.ts'
import { markSettled } from '../payments/markSettled.ts'
import { markSettling } from '../payments/markSettling.ts'
import { recordAnswer } from '../payments/recordAnswer.ts'
import { reservePayment } from '../payments/reservePayment.ts'
import { getReceipt } from '../receipts/getReceipt.ts'
import { randomReceipts } from '../receipts/randomReceipts.ts'
import { receiptsAwaitingEpoch } from '../receipts/receiptsAwaitingEpoch.ts'
import { receiptsOfEpoch } from '../receipts/receiptsOfEpoch.ts'
import { claimedWeiOf } from './claimedWeiOf.ts'
import { cumulativeBefore } from './cumulativeBefore.ts'
import { currentEpoch } from './currentEpoch.ts'
import { freezeEpoch } from './freezeEpoch.ts'
import { getEpoch } from './getEpoch.ts'
import { leavesOf } from './leavesOf.ts'
import { listEpochs } from './listEpochs.ts'
import { markFinal } from './markFinal.ts'
import { markProposed } from './markProposed.ts'
import { recordClaim } from './recordClaim.ts'
import { recordScoring } from './recordScoring.ts'
import { recordStatement, type StatementRecord } from './recordStatement.ts'
import { statementOf } from './statementOf.ts'

const tx = digestText('tx')
const payeeA = payeeIdString.parse('npm:a')
const payeeB = payeeIdString.parse('npm:b')

describeOnBoth('epochs', ({ open }) => {
  let store: Store
  beforeAll(async () => {
    store = await open()
  })
  afterAll(() => store.close())

  const answer = async (name: string, feeWei: bigint) => {
    await reservePayment(store, makeReservation(name, feeWei))
    return (await recordAnswer(store, makeAnswer(name, feeWei))).id
  }
  const settle = async (name: string) => {
    await markSettling(store, makeReservation(name))
    await markSettled(store, { ...makeReservation(name), settlementTx: tx })
  }

  test('one epoch is open however many ask', async () => {
    const seen = await Promise.all(Array.from({ length: 10 }, () => currentEpoch(store, {})))
    expect(new Set(seen.map(({ number }) => number))).toEqual(new Set([1]))
  })

  test('freezing takes exactly the settled receipts, once, and what settles later is in the next epoch', async () => {
    const [a, b, late] = [await answer('a', 7n), await answer('b', 10n ** 30n), await answer('late', 5n)]
    await settle('a')
    await settle('b')
    // Money without an answer is to be refunded, never paid out.
    await reservePayment(store, makeReservation('unanswered', 3n))
    await settle('unanswered')
    expect(await receiptsAwaitingEpoch(store, {})).toHaveLength(2)
    const [frozen] = await Promise.all([1, 1, 1].map((epoch) => freezeEpoch(store, { epoch, atMs: 1 })))
    expect(frozen).toMatchObject({ state: 'frozen' })
    expect(await getEpoch(store, { epoch: 1 })).toMatchObject({ receivedWei: 10n ** 30n + 7n, receiptCount: 2 })
    await settle('late')
    expect((await receiptsOfEpoch(store, { epoch: 1 })).map(({ id }) => id)).toEqual([a, b].toSorted())
    expect((await receiptsAwaitingEpoch(store, {})).map(({ id }) => id)).toEqual([late])
    expect((await currentEpoch(store, {})).number).toBe(2)
    expect((await getPayment(store, makeReservation('unanswered'))).epoch).toBeNull()
  })

  test('a frozen payment cannot be refunded, an open one can', async () => {
    expect(await codeOf(markRefunded(store, { ...makeReservation('a'), refundTx: tx }))).toBe('store/illegal-move')
    expect(await codeOf(markRefunded(store, { ...makeReservation('unanswered'), refundTx: tx }))).toBe('none')
  })

  test('payments that settle while an epoch freezes are each in exactly one epoch', async () => {
    const names = Array.from({ length: 24 }, (_, i) => `busy ${i}`)
    for (const name of names) await answer(name, 1n)
    const [second, third] = await (async () => {
      const settling = Promise.all(names.map(settle))
      const frozen = await freezeEpoch(store, { epoch: 2 })
      await settling
      return [frozen, await freezeEpoch(store, { epoch: 3 })]
    })()
    // 24 of 1 wei, and the late one of 5.
    expect((second.receivedWei ?? 0n) + (third.receivedWei ?? 0n)).toBe(29n)
    const ids = [2, 3].map((epoch) => receiptsOfEpoch(store, { epoch }))
    const all = (await Promise.all(ids)).flat().map(({ id }) => id)
    expect(all).toHaveLength(25)
    expect(new Set(all).size).toBe(25)
  })

  test('the first drawing block of an epoch stays, and so does the report by which it was scored', async () => {
    await recordScoring(store, { epoch: 1, drawBlock: 70 })
    expect((await recordScoring(store, { epoch: 1, drawBlock: 71 })).drawBlock).toBe(70)
    const scoring = digestText('report')
    await recordScoring(store, { epoch: 1, scoring })
    await recordScoring(store, { epoch: 1, scoring })
    expect(await getEpoch(store, { epoch: 1 })).toMatchObject({ drawBlock: 70, scoring })
    expect(await codeOf(recordScoring(store, { epoch: 1, scoring: digestText('other') }))).toBe(
      'store/scoring-conflict',
    )
    expect(await codeOf(recordScoring(store, { epoch: 99, drawBlock: 1 }))).toBe('store/not-found')
  })

  const statement = (epoch: number, aWei: bigint, bWei: bigint, rest: bigint): StatementRecord => ({
    epoch,
    root: digestText(`root ${epoch}`),
    evidenceRoot: digestText(`evidence ${epoch}`),
    paidWei: aWei + bWei,
    operatorsWei: bWei,
    treasuryWei: rest,
    poolWei: 0n,
    pools: [],
    leaves: [
      { payee: payeeA, payeeKey: digestText('a'), epochWei: aWei, cumulativeWei: aWei },
      { payee: payeeB, payeeKey: digestText('b'), epochWei: bWei, cumulativeWei: bWei },
    ],
  })

  test('a statement that is 1 wei short is refused and leaves no leaf; the right one is stored once', async () => {
    expect(await codeOf(recordStatement(store, statement(1, 5n, 2n, 10n ** 30n - 1n)))).toBe('store/statement-sum')
    expect(await leavesOf(store, { epoch: 1 })).toEqual([])
    expect(await codeOf(markProposed(store, { epoch: 1, proposeTx: tx, closeTx: tx }))).toBe('store/illegal-move')
    const half = { poolWei: 10n ** 29n, treasuryWei: 9n * 10n ** 29n }
    const pools = [{ datanet: digestText('rivers'), wei: toWeiString(10n ** 29n - 1n) }]
    expect(await codeOf(recordStatement(store, { ...statement(1, 5n, 2n, 0n), ...half, pools }))).toBe(
      'store/statement-sum',
    )
    const greedy = { ...statement(1, 5n, 2n, 10n ** 30n), operatorsWei: 8n }
    expect(await codeOf(recordStatement(store, greedy))).toBe('store/statement-sum')
    const owed = [{ account: 'signed-accounts/1', payee: payeeB, wei: toWeiString(3n) }]
    await recordStatement(store, { ...statement(1, 5n, 2n, 10n ** 30n), owed })
    expect(await getEpoch(store, { epoch: 1 })).toMatchObject({ owed, operatorsWei: 2n, pools: [] })
    await recordStatement(store, statement(1, 5n, 2n, 10n ** 30n))
    expect((await leavesOf(store, { epoch: 1 })).map(({ epochWei }) => epochWei)).toEqual([5n, 2n])
    const other = { ...statement(1, 5n, 2n, 10n ** 30n), root: digestText('other') }
    expect(await codeOf(recordStatement(store, other))).toBe('store/statement-conflict')
    expect(await codeOf(recordStatement(store, statement(99, 0n, 0n, 0n)))).toBe('store/not-found')
  })

  test('an epoch goes frozen, proposed, final, claimed, and its claims add up to what was paid', async () => {
    expect(await codeOf(recordClaim(store, { epoch: 1, payees: [payeeA], tx }))).toBe('store/illegal-move')
    expect(await codeOf(markFinal(store, { epoch: 1, finalTx: tx }))).toBe('store/illegal-move')
    await markProposed(store, { epoch: 1, proposeTx: tx, closeTx: tx })
    await markFinal(store, { epoch: 1, finalTx: tx })
    await recordClaim(store, { epoch: 1, payees: [payeeA], tx })
    expect(await claimedWeiOf(store, { epoch: 1 })).toBe(5n)
    expect((await getEpoch(store, { epoch: 1 })).state).toBe('final')
    await recordClaim(store, { epoch: 1, payees: [payeeA, payeeB], tx: digestText('tx2') })
    expect(await claimedWeiOf(store, { epoch: 1 })).toBe(7n)
    expect((await getEpoch(store, { epoch: 1 })).state).toBe('claimed')
    expect((await statementOf(store, { payee: payeeA }))[0]?.claimedTx).toBe(tx)
    expect(await cumulativeBefore(store, { epoch: 2 })).toEqual(
      new Map([
        [payeeA, 5n],
        [payeeB, 2n],
      ]),
    )
    expect((await listEpochs(store, {})).map(({ state }) => state)).toEqual(['claimed', 'frozen', 'frozen', 'open'])
  })

  test('a draw is the same for one seed, another for another, and stays in its epoch', async () => {
    const draw = (seed: string) => randomReceipts(store, { count: 3, seed, epoch: 3 })
    const inEpoch = new Set((await receiptsOfEpoch(store, { epoch: 3 })).map(({ id }) => id))
    const drawn = await draw('0x01')
    expect(drawn).toEqual(await draw('0x01'))
    expect(drawn.every((id) => inEpoch.has(id))).toBe(true)
    const all = (seed: string) => randomReceipts(store, { count: 27, seed })
    expect(await all('0x02')).not.toEqual(await all('0x01'))
    expect(new Set(await all('0x02')).size).toBe(27)
  })

  test('where blocks can be replaced, an epoch takes what was confirmed and leaves the rest to the next one', async () => {
    const { number: epoch } = await currentEpoch(store, {})
    const confirmed = await answer('deep', 3n)
    const later = await answer('shallow', 4n)
    await settle('shallow')
    const deepTx = digestText('deep')
    await markSettling(store, makeReservation('deep'))
    await markSettled(store, { ...makeReservation('deep'), settlementTx: deepTx })
    await confirmPayments(store, { txs: [deepTx] })
    await freezeEpoch(store, { epoch, confirmedOnly: true })
    expect((await receiptsOfEpoch(store, { epoch })).map(({ id }) => id)).toEqual([confirmed])
    expect((await receiptsAwaitingEpoch(store, {})).map(({ id }) => id)).toContain(later)
  })

  test('one changed byte in a stored receipt is noticed at the next read', async () => {
    const id = await answer('tampered', 1n)
    const { receipt } = await getReceipt(store, { id })
    const body = JSON.stringify(receipt).replace('"seed":7', '"seed":9')
    await store.db.update(receipts).set({ body }).where(eq(receipts.id, id))
    expect(await codeOf(getReceipt(store, { id }))).toBe('store/receipt-damaged')
  })
})
