import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestText } from '../../../kernel/index.ts'
import { codeOf } from '../../testing/codeOf.ts'
import { makeAnswer, makeReservation } from '../../testing/makeReceipt.ts'
import { describeOnBoth } from '../../testing/openTestStores.ts'
import type { Store } from '../../store.ts'
import { getAnswer } from '../receipts/getAnswer.ts'
import { getReceipt } from '../receipts/getReceipt.ts'
import { getPayment } from './getPayment.ts'
import { markFailed } from './markFailed.ts'
import { markRefunded } from './markRefunded.ts'
import { markSettled } from './markSettled.ts'
import { markSettling } from './markSettling.ts'
import { markVanished } from './markVanished.ts'
import { confirmPayments } from './confirmPayments.ts'
import { unconfirmedPayments } from './unconfirmedPayments.ts'
import { recordAnswer } from './recordAnswer.ts'
import { reservePayment } from './reservePayment.ts'
import { unfinishedPayments } from './unfinishedPayments.ts'

const tx = digestText('tx')

describeOnBoth('payments', ({ open }) => {
  let store: Store
  beforeAll(async () => {
    store = await open()
  })
  afterAll(() => store.close())

  test('of 50 concurrent reservations of one payment exactly one wins', async () => {
    const reservation = makeReservation('crowd')
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => reservePayment(store, reservation)))
    expect(outcomes.filter(({ won }) => won)).toHaveLength(1)
    expect(new Set(outcomes.map(({ payment }) => payment.reservedAtMs)).size).toBe(1)
  })

  test('a nonce that comes back in other letters, or for another request, does not win and says so', async () => {
    const reservation = makeReservation('replay')
    await reservePayment(store, reservation)
    const payer = reservation.payer.toLowerCase() as typeof reservation.payer
    expect(await reservePayment(store, { ...reservation, payer })).toMatchObject({ won: false, sameRequest: true })
    const other = await reservePayment(store, { ...reservation, request: digestText('other') })
    expect(other).toMatchObject({ won: false, sameRequest: false })
  })

  test('fees of up to 2^256 - 1 wei come back to the wei', async () => {
    const feeWei = 2n ** 256n - 1n
    await reservePayment(store, makeReservation('largest', feeWei))
    expect((await getPayment(store, makeReservation('largest'))).feeWei).toBe(feeWei)
  })

  test('answer, receipt and state move together, and an answer may hold any character', async () => {
    await reservePayment(store, makeReservation('whole'))
    const answer = { ...makeAnswer('whole'), answerText: 'nul \u0000, lone \ud800, heron 🪶' }
    const { id, payment } = await recordAnswer(store, answer)
    expect(payment).toMatchObject({ state: 'answered', receipt: id })
    expect(await getReceipt(store, { id })).toMatchObject({ id, receipt: answer.receipt })
    expect(await getAnswer(store, { receipt: id })).toMatchObject({ answerText: answer.answerText, answerIds: [3, 4] })
    expect((await recordAnswer(store, answer)).id).toBe(id)
  })

  test('a second, different answer of one payment is refused and leaves nothing behind', async () => {
    await reservePayment(store, makeReservation('twice'))
    await recordAnswer(store, makeAnswer('twice'))
    const second = makeAnswer('twice')
    second.receipt = { ...second.receipt, seed: 8 }
    expect(await codeOf(recordAnswer(store, second))).toBe('store/illegal-move')
    const wrongFee = makeAnswer('twice', 999n)
    expect(await codeOf(recordAnswer(store, wrongFee))).toBe('store/receipt-mismatch')
  })

  test('money first: a settled payment takes its answer once and stays settled', async () => {
    const key = makeReservation('stream')
    await reservePayment(store, key)
    await markSettling(store, key)
    await markSettled(store, { ...key, settlementTx: tx })
    expect((await unfinishedPayments(store, {})).map(({ nonce }) => nonce)).toContain(key.nonce)
    expect((await recordAnswer(store, makeAnswer('stream'))).payment.state).toBe('settled')
    expect((await unfinishedPayments(store, {})).map(({ nonce }) => nonce)).not.toContain(key.nonce)
  })

  test('a move repeated with the same transaction is no error, with another one it is', async () => {
    const key = makeReservation('repeat')
    await reservePayment(store, key)
    await markSettling(store, key)
    await markSettling(store, key)
    await markSettled(store, { ...key, settlementTx: tx })
    expect((await markSettled(store, { ...key, settlementTx: tx })).state).toBe('settled')
    expect(await codeOf(markSettled(store, { ...key, settlementTx: digestText('other') }))).toBe('store/illegal-move')
    expect(await codeOf(markSettled(store, { ...makeReservation('nobody'), settlementTx: tx }))).toBe('store/not-found')
  })

  test('a settlement that vanished sends a payment back to settling, once, and keeps the old transaction', async () => {
    const key = makeReservation('vanished')
    await reservePayment(store, key)
    await recordAnswer(store, makeAnswer('vanished'))
    await markSettling(store, key)
    await markSettled(store, { ...key, settlementTx: tx })
    expect(await codeOf(markVanished(store, { ...key, tx: digestText('another') }))).toBe('store/illegal-move')
    expect(await confirmPayments(store, { txs: [tx] })).toBeGreaterThan(0)
    const moved = await Promise.all([1, 2, 3].map(() => markVanished(store, { ...key, tx, atMs: 5 })))
    expect(moved.map(({ state }) => state)).toEqual(['settling', 'settling', 'settling'])
    expect(await getPayment(store, key)).toMatchObject({
      state: 'settling',
      settlementTx: null,
      confirmedAtMs: null,
      vanished: [{ tx, atMs: 5 }],
    })
    const second = digestText('second')
    await markSettled(store, { ...key, settlementTx: second })
    await markVanished(store, { ...key, tx: second, atMs: 6 })
    await markFailed(store, { ...key, failure: 'payment/expired' })
    const { state, vanished } = await getPayment(store, key)
    expect([state, vanished?.map((it) => it.tx)]).toEqual(['failed', [tx, second]])
    expect(await codeOf(markVanished(store, { ...key, tx: second }))).toBe('store/illegal-move')
  })

  test('what is settled with a receipt waits to be confirmed, and a confirmation counts once', async () => {
    const key = makeReservation('to confirm')
    const settlement = digestText('to confirm')
    await reservePayment(store, key)
    await markSettling(store, key)
    await markSettled(store, { ...key, settlementTx: settlement })
    const waits = async () => (await unconfirmedPayments(store, {})).some(({ nonce }) => nonce === key.nonce)
    expect(await waits()).toBe(false)
    await recordAnswer(store, makeAnswer('to confirm'))
    expect(await waits()).toBe(true)
    expect([
      await confirmPayments(store, { txs: [settlement] }),
      await confirmPayments(store, { txs: [settlement] }),
    ]).toEqual([1, 0])
    expect(await waits()).toBe(false)
  })

  test('of 20 concurrent settle-or-fail decisions about one payment one holds', async () => {
    const key = makeReservation('race')
    await reservePayment(store, key)
    await markSettling(store, key)
    const codes = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        codeOf(
          i % 2 ? markSettled(store, { ...key, settlementTx: tx }) : markFailed(store, { ...key, failure: 'a/b' }),
        ),
      ),
    )
    expect(codes.filter((code) => code === 'none')).toHaveLength(10)
    expect(codes.filter((code) => code === 'store/illegal-move')).toHaveLength(10)
  })

  test('any sequence of moves stays on the allowed paths', async () => {
    // Written out again, apart from the code: the paths of the design.
    const paths: Record<string, string[]> = {
      reserved: ['answer', 'settling', 'fail'],
      answered: ['settling', 'fail'],
      settling: ['settle', 'fail'],
      settled: ['refund'],
      failed: ['refund'],
      refunded: [],
    }
    const target = { answer: 'answered', settling: 'settling', settle: 'settled', fail: 'failed', refund: 'refunded' }
    let count = 0
    const move = fc.constantFrom('answer', 'settling', 'settle', 'fail', 'refund')
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 6 }), async (moves) => {
        const name = `walk ${count++}`
        const key = makeReservation(name)
        await reservePayment(store, key)
        const acts = {
          answer: () => recordAnswer(store, makeAnswer(name)),
          settling: () => markSettling(store, key),
          settle: () => markSettled(store, { ...key, settlementTx: tx }),
          fail: () => markFailed(store, { ...key, failure: 'a/b' }),
          refund: () => markRefunded(store, { ...key, refundTx: tx }),
        }
        let state = 'reserved'
        let answered = false
        for (const next of moves) {
          const code = await codeOf(acts[next]())
          const legal = paths[state]?.includes(next) ?? false
          const late = next === 'answer' && state === 'settled' && !answered
          const repeated = target[next] === state || (next === 'answer' && answered)
          expect([name, state, next, code]).toEqual([
            name,
            state,
            next,
            legal || late || repeated ? 'none' : 'store/illegal-move',
          ])
          if (legal) state = target[next]
          answered ||= next === 'answer' && code === 'none'
          expect((await getPayment(store, key)).state).toBe(state)
        }
      }),
      { numRuns: 150, seed: 11 },
    )
  })
})
