import { expect, test } from 'vitest'
import { digestOf, digestText } from '../../../../kernel/index.ts'
import type { Books } from './books.ts'
import { reconcile } from './reconcile.ts'

const supplyWei = 1_000_000n
const fundedWei = 10_000n
const [escrow, vault, payees, treasury, operator] = ['0xe5', '0xva', '0xpe', '0x73', '0x0p']
const payer = '0xc1'

/** Three intentions of one client, 100 wei each, in two epochs: 90 to two payees, 5 to the treasury, 5 to a pool that stays. */
function soundBooks(): Books {
  const nonces = [1, 2, 3].map((n) => digestText(`nonce ${n}`))
  const bodies = nonces.map((nonce) => ({ feeWei: '100', payer, nonce }))
  const ids = bodies.map((body) => digestOf(body))
  return {
    signed: nonces.map((nonce, i) => ({
      intention: `client/${i}`,
      scheme: 'exact',
      payer,
      nonce,
      amountWei: 100n,
      answers: [{ id: ids[i]!, body: bodies[i]!, signature: '0x', signer: '0x', text: `answer ${i}` }],
    })),
    database: {
      payments: nonces.map((nonce, i) => ({ payer, nonce, state: 'settled', feeWei: 100n, receipt: ids[i]!, epoch: i < 2 ? 1 : 2 })), // prettier-ignore
      receipts: ids.map((id, i) => ({ id, payer, nonce: nonces[i]!, verifies: true })),
      epochs: [
        { number: 1, state: 'claimed', receivedWei: 200n, paidWei: 180n, treasuryWei: 10n, poolWei: 10n },
        { number: 2, state: 'final', receivedWei: 100n, paidWei: 90n, treasuryWei: 5n, poolWei: 5n },
        { number: 3, state: 'open', receivedWei: 0n, paidWei: 0n, treasuryWei: 0n, poolWei: 0n },
      ],
      leaves: [
        { epoch: 1, payee: '0xaa', epochWei: 80n, cumulativeWei: 80n },
        { epoch: 1, payee: 'npm:ada', epochWei: 100n, cumulativeWei: 100n },
        { epoch: 2, payee: '0xaa', epochWei: 90n, cumulativeWei: 170n },
        { epoch: 2, payee: 'npm:ada', epochWei: 0n, cumulativeWei: 100n },
      ],
    },
    chain: {
      supplyWei,
      transfers: [
        ...nonces.map(() => ({ from: payer, to: escrow, wei: 100n })),
        { from: escrow, to: vault, wei: 270n },
        { from: escrow, to: treasury, wei: 15n },
        { from: vault, to: '0xaa', wei: 170n },
        { from: vault, to: payees, wei: 100n },
      ],
      balances: new Map([
        [payer, fundedWei - 300n],
        [escrow, 15n],
        [vault, 0n],
        [treasury, 15n],
        ['0xaa', 170n],
        [payees, 100n],
        [operator, supplyWei - fundedWei],
      ]),
      moved: nonces.map((nonce) => ({ payer, nonce, to: escrow, wei: 100n })),
      otherFees: [],
      channels: { claimed: new Map(), holders: [] },
      refunded: [],
      claimed: new Map([
        ['0xaa', 170n],
        ['npm:ada', 100n],
      ]),
      addresses: { feeEscrow: escrow, vault, payeeEscrow: payees, treasury, pools: undefined },
    },
    fundedWei,
    runs: nonces.map((nonce, i) => ({ key: nonce, atMs: 1_000 * i })),
    cutsMs: [],
  }
}

const judged = (doctor: (books: Books) => void) => {
  const books = soundBooks()
  doctor(books)
  return reconcile(books)
}

test('sound books have no finding', () => {
  expect(judged(() => {})).toMatchObject({ doubleCharges: 0, lostPayouts: 0, differenceWei: 0n, extraRuns: 0, findings: [] }) // prettier-ignore
  expect(judged(() => {}).totals).toMatchObject({ authorisations: 3, moved: 3, answered: 3, epochs: 2, payees: 2 })
})

test('a refunded payment that was never answered is no fault', () => {
  const { findings } = judged(({ signed, database, chain }) => {
    const [payment] = database.payments.splice(2, 1)
    database.payments.push({ ...payment!, state: 'refunded', receipt: null, epoch: null })
    signed[2]!.answers = []
    database.receipts.pop()
    database.epochs[1] = { number: 2, state: 'final', receivedWei: 0n, paidWei: 0n, treasuryWei: 0n, poolWei: 0n }
    database.leaves.splice(2)
    chain.refunded.push({ payer, nonce: payment!.nonce, wei: 100n })
    chain.balances
      .set(payer, fundedWei - 200n)
      .set(escrow, 10n)
      .set(treasury, 10n)
      .set('0xaa', 80n)
    chain.claimed.set('0xaa', 80n)
    chain.transfers.splice(3, 4)
    chain.transfers.push({ from: escrow, to: payer, wei: 100n }, { from: escrow, to: vault, wei: 180n })
    chain.transfers.push({ from: escrow, to: treasury, wei: 10n }, { from: vault, to: '0xaa', wei: 80n })
    chain.transfers.push({ from: vault, to: payees, wei: 100n })
  })
  expect(findings).toEqual([])
})

test('the third payment by upto, for less than it allows, is no fault; sent twice on chain it is a double charge', () => {
  const byUpto = ({ signed, chain }: Books) => {
    signed[2] = { ...signed[2]!, scheme: 'upto', amountWei: 120n }
    chain.moved.pop()
    chain.otherFees.push({ payer, wei: 100n })
  }
  expect(judged(byUpto).findings).toEqual([])
  const twice = (books: Books) => (byUpto(books), void books.chain.otherFees.push({ payer, wei: 100n }))
  expect(judged(twice)).toMatchObject({ doubleCharges: 1, differenceWei: 300n })
})

test('the third payment by a channel is no fault; claimed above what was charged it is found', () => {
  const byChannel = ({ signed, chain }: Books) => {
    signed[2] = { ...signed[2]!, scheme: 'batch-settlement', amountWei: 120n }
    chain.moved.pop()
    chain.channels = { holders: ['0xch'], claimed: new Map([[payer, 100n]]) }
    chain.transfers.splice(2, 1, { from: payer, to: '0xch', wei: 500n }, { from: '0xch', to: escrow, wei: 100n })
    chain.balances.set(payer, fundedWei - 700n).set('0xch', 400n)
  }
  expect(judged(byChannel).findings).toEqual([])
  const more = (books: Books) => (byChannel(books), void books.chain.channels.claimed.set(payer, 101n))
  expect(judged(more).differenceWei).toBe(2n)
})

test.each<[string, (books: Books) => void]>([
  ['one authorisation twice on chain', ({ chain }) => void chain.moved.push({ ...chain.moved[0]! })],
  ['two authorisations of one intention', ({ signed }) => void (signed[1]!.intention = signed[0]!.intention)],
  ['charged without an answer', ({ signed }) => void (signed[0]!.answers = [])],
  ['charged, and failed in the database', ({ database }) => void (database.payments[0]!.state = 'failed')],
  ['charged, and never reserved', ({ database }) => void database.payments.shift()],
  ['two texts for one payment', ({ signed }) => void signed[0]!.answers.push({ ...signed[0]!.answers[0]!, text: 'x' })],
  ['money to somebody else', ({ chain }) => void (chain.moved[0]!.to = '0xbad')],
])('a double charge is found: %s', (_, doctor) => {
  expect(judged(doctor).doubleCharges).toBeGreaterThan(0)
})

test.each<[string, (books: Books) => void]>([
  ['answered and not charged', ({ chain }) => void chain.moved.pop()],
  ['settled and in no epoch', ({ database }) => void (database.payments[0]!.epoch = null)],
  ['settled without a receipt', ({ database }) => void (database.payments[0]!.receipt = null)],
  ['an epoch that never became final', ({ database }) => void (database.epochs[1]!.state = 'frozen')],
  ['still settling', ({ database }) => void (database.payments[0]!.state = 'settling')],
  ['a claim below what is due', ({ chain }) => void chain.claimed.set('0xaa', 169n)],
  ['a payee that never claimed', ({ chain }) => void chain.claimed.delete('npm:ada')],
  ['a receipt that does not verify', ({ database }) => void (database.receipts[0]!.verifies = false)],
  ['a receipt that is not stored', ({ database }) => void database.receipts.shift()],
  ['a delivered receipt of another id', ({ signed }) => void (signed[0]!.answers[0]!.body['feeWei'] = '0100')],
])('a lost payout is found: %s', (_, doctor) => {
  expect(judged(doctor).lostPayouts).toBeGreaterThan(0)
})

test.each<[string, bigint, (books: Books) => void]>([
  ['a wei of the supply', 1n, ({ chain }) => void chain.balances.set(operator, supplyWei - fundedWei - 1n)],
  ['a wei of a leaf, in its epoch and in its sum', 2n, ({ database }) => void (database.leaves[0]!.epochWei += 1n)],
  ['a cumulative that forgot an epoch', 160n, ({ database }) => void (database.leaves[2]!.cumulativeWei = 90n)],
  ['fees that an epoch does not have', 14n, ({ database }) => void (database.epochs[0]!.receivedWei += 7n)],
  ['a client with a wei less', 2n, ({ chain }) => void chain.balances.set(payer, fundedWei - 301n)],
])('a difference is found to the wei: %s', (_, wei, doctor) => {
  expect(judged(doctor).differenceWei).toBe(wei)
})

test('an answer that is made twice is found, unless something fell between', () => {
  const twice = ({ runs }: Books) => void runs.push({ key: runs[0]!.key, atMs: runs[0]!.atMs + 3_000 })
  expect(judged(twice).extraRuns).toBe(1)
  const cut = (books: Books) => (twice(books), void books.cutsMs.push(1_500))
  expect(judged(cut).extraRuns).toBe(0)
})
