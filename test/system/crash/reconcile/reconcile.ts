import { digestOf } from '../../../../kernel/index.ts'
import type { Books } from './books.ts'

export type Reconciled = {
  /** Intentions charged more than once, and money that moved for no answer and no refund. */
  doubleCharges: number
  /** Paid answers that no final statement pays out, and payees that hold less than they are due. */
  lostPayouts: number
  /** All differences between what is and what should be, added up. */
  differenceWei: bigint
  /** Answers made more often than a kill explains. */
  extraRuns: number
  /** Each fault in words. */
  findings: string[]
  totals: { authorisations: number; moved: number; answered: number; refunded: number; epochs: number; payees: number; runs: number } // prettier-ignore
}

const keyOf = ({ payer, nonce }: { payer: string; nonce: string }): string => `${payer.toLowerCase()} ${nonce}`
const sum = (values: Iterable<bigint>): bigint => [...values].reduce((total, value) => total + value, 0n)
const distance = (a: bigint, b: bigint): bigint => (a > b ? a - b : b - a)

/** Compares the books of clients, database, chain and engine. A pure function: doctored books show that it sees. */
export function reconcile(books: Books): Reconciled {
  const { signed, database, chain, fundedWei } = books
  const { feeEscrow, vault, payeeEscrow, treasury, pools } = chain.addresses
  const found = { doubleCharges: 0, lostPayouts: 0, differenceWei: 0n, findings: [] as string[] }
  const say = (finding: string) => void found.findings.push(finding)
  const doubly = (finding: string, times = 1) => ((found.doubleCharges += times), say(finding))
  const lost = (finding: string) => ((found.lostPayouts += 1), say(finding))
  const equal = (what: string, is: bigint, should: bigint) => {
    if (is === should) return
    found.differenceWei += distance(is, should)
    say(`${what}: ${is} wei, should be ${should}`)
  }

  const moves = Map.groupBy(chain.moved, keyOf)
  const refunds = new Map(chain.refunded.map((one) => [keyOf(one), one.wei]))
  const rows = new Map(database.payments.map((row) => [keyOf(row), row]))
  const receipts = new Map(database.receipts.map((receipt) => [receipt.id, receipt]))
  const epochs = new Map(database.epochs.map((epoch) => [epoch.number, epoch]))
  const isOver = (epoch: number | null) => ['final', 'claimed'].includes(epochs.get(epoch ?? 0)?.state ?? '')

  // Every authorisation: charged once, for exactly one answer, which is in a statement that pays.
  const charges = new Map<string, number>()
  for (const one of signed) {
    const key = keyOf(one)
    const name = `${one.intention} (${one.nonce.slice(0, 10)})`
    const row = rows.get(key)
    // A voucher is part of a sum on chain, and a transfer by Permit2 names no nonce of ours: there the row says what was
    // charged, and sums and counts are compared below.
    const byRow = one.scheme !== 'exact'
    const moved = byRow ? [] : (moves.get(key) ?? [])
    const times = byRow ? (row?.state === 'settled' ? 1 : 0) : moved.length
    const isRefunded = refunds.has(key)
    if (times > 1) doubly(`${name}: one authorisation moved money ${times} times`, times - 1)
    for (const { wei, to } of moved) {
      equal(`${name}: charged`, wei, one.amountWei)
      if (to !== feeEscrow) doubly(`${name}: money went to ${to}`)
    }
    if (row !== undefined && row.feeWei > one.amountWei) doubly(`${name}: charged more than it allows`)
    if (isRefunded) equal(`${name}: refunded`, refunds.get(key)!, one.amountWei)
    if (times > 0 && !isRefunded) charges.set(one.intention, (charges.get(one.intention) ?? 0) + 1)
    const ids = new Set(one.answers.map(({ id }) => id))
    if (times > 0 && !isRefunded && ids.size === 0) doubly(`${name}: charged, and neither answered nor refunded`)
    if (ids.size > 1 || new Set(one.answers.map(({ text }) => text)).size > 1)
      doubly(`${name}: two answers for one payment`)
    if (ids.size > 0 && times === 0) lost(`${name}: answered, and never charged`)
    for (const { id, body } of one.answers.slice(0, 1)) {
      const feeWei = byRow ? (row?.feeWei ?? 0n) : one.amountWei
      equal(`${name}: fee of its receipt`, BigInt(body['feeWei'] as string), feeWei)
      if (digestOf(body) !== id) lost(`${name}: the receipt that was delivered is not what its id says`)
      if (receipts.get(id)?.verifies !== true) lost(`${name}: its receipt is not stored, or does not verify`)
    }
    if (times > 0 && row?.state !== 'settled' && row?.state !== 'refunded')
      doubly(`${name}: charged, and ${row?.state ?? 'unknown'} in the database`)
    if (row?.state === 'settled' && times === 0) lost(`${name}: settled in the database, and not on chain`)
    if (row?.state === 'settled' && (row.receipt === null || !isOver(row.epoch)))
      lost(`${name}: settled, and in no final statement (epoch ${row.epoch})`)
    if (row !== undefined && !['settled', 'failed', 'refunded', 'reserved'].includes(row.state))
      lost(`${name}: still ${row.state}`)
  }
  for (const [intention, times] of charges) if (times > 1) doubly(`${intention}: charged ${times} times`, times - 1)
  const known = new Set(signed.map(keyOf))
  for (const row of database.payments) if (!known.has(keyOf(row))) say(`a payment that nobody signed: ${keyOf(row)}`)

  // Every epoch: what came in is what goes out, and each leaf stands on the one before it.
  const cumulative = new Map<string, bigint>()
  for (const epoch of database.epochs.toSorted((a, b) => a.number - b.number)) {
    const { number, receivedWei, paidWei, treasuryWei, poolWei } = epoch
    const fees = sum(database.payments.filter((row) => row.epoch === number).map(({ feeWei }) => feeWei))
    equal(`epoch ${number}: received`, receivedWei, fees)
    if (!isOver(number)) {
      if (fees > 0n) lost(`epoch ${number} is ${epoch.state}, with ${fees} wei of fees`)
      continue
    }
    equal(`epoch ${number}: paid, to the treasury and to pools`, paidWei + treasuryWei + poolWei, receivedWei)
    const leaves = database.leaves.filter((leaf) => leaf.epoch === number)
    equal(`epoch ${number}: leaves`, sum(leaves.map(({ epochWei }) => epochWei)), paidWei)
    for (const leaf of leaves) {
      equal(`epoch ${number}: cumulative of ${leaf.payee}`, leaf.cumulativeWei, (cumulative.get(leaf.payee) ?? 0n) + leaf.epochWei) // prettier-ignore
      cumulative.set(leaf.payee, leaf.cumulativeWei)
    }
  }

  // Every payee: holds what the last statement says.
  for (const [payee, due] of cumulative) {
    const claimed = chain.claimed.get(payee) ?? 0n
    equal(`${payee} has claimed`, claimed, due)
    if (claimed < due) lost(`${payee} has ${claimed} of ${due} wei`)
  }

  // The chain by itself: every token is somewhere, and every path of money carries what the statements say.
  const flow = (from: string | undefined, to: string | undefined) =>
    sum(chain.transfers.filter((one) => one.from === from && one.to === to).map(({ wei }) => wei))
  const over = database.epochs.filter(({ number }) => isOver(number))
  const paid = sum(over.map(({ paidWei }) => paidWei))
  const toTreasury = sum(over.map(({ treasuryWei }) => treasuryWei))
  const toPools = sum(over.map(({ poolWei }) => poolWei))
  const movedWei = sum(chain.moved.filter(({ to }) => to === feeEscrow).map(({ wei }) => wei))
  const refundedWei = sum(refunds.values())
  const otherWei = sum(chain.otherFees.map(({ wei }) => wei))
  const { claimed: claimedOf, holders } = chain.channels
  const fromChannels = sum(holders.map((holder) => flow(holder, feeEscrow)))
  equal('channels: claimed', fromChannels, sum(claimedOf.values()))
  for (const [payer, claimed] of claimedOf) {
    const own = signed.filter((one) => one.scheme === 'batch-settlement' && one.payer === payer)
    const charged = own.map((one) => rows.get(keyOf(one))).filter((row) => row?.state === 'settled')
    equal(`channels of ${payer}: claimed`, claimed, sum(charged.map((row) => row!.feeWei)))
  }
  for (const payer of new Set(signed.map((one) => one.payer))) {
    const own = signed.filter((one) => one.scheme === 'upto' && one.payer === payer)
    const charged = own.map((one) => rows.get(keyOf(one))).filter((row) => row?.state === 'settled')
    const sent = chain.otherFees.filter((one) => one.payer === payer)
    equal(`upto of ${payer}`, sum(sent.map(({ wei }) => wei)), sum(charged.map((row) => row!.feeWei)))
    if (sent.length > charged.length)
      doubly(`${payer}: ${sent.length} transfers for ${charged.length} settled payments`, sent.length - charged.length)
    if (sent.length < charged.length) lost(`${payer}: ${charged.length} settled payments, ${sent.length} transfers`)
  }
  equal('all balances', sum(chain.balances.values()), chain.supplyWei)
  equal('vault: received', flow(feeEscrow, vault), paid)
  equal('treasury: received', flow(feeEscrow, treasury), toTreasury)
  if (pools !== undefined) equal('pools: received', flow(feeEscrow, pools), toPools)
  const out = paid + toTreasury + (pools === undefined ? 0n : toPools) + refundedWei
  equal('fee escrow: holds', chain.balances.get(feeEscrow) ?? 0n, movedWei + fromChannels + otherWei - out)
  equal('vault: holds', chain.balances.get(vault) ?? 0n, paid - sum(chain.claimed.values()))
  const credited = sum([...chain.claimed].filter(([payee]) => !payee.startsWith('0x')).map(([, wei]) => wei))
  equal('payee escrow: received', flow(vault, payeeEscrow), credited)
  for (const [payee, wei] of chain.claimed) if (payee.startsWith('0x')) equal(`${payee} got`, flow(vault, payee), wei)
  for (const [payer, own] of Map.groupBy(signed, (one) => one.payer.toLowerCase())) {
    const otherwise = chain.otherFees.filter((one) => one.payer === payer).map(({ wei }) => wei)
    const spent = sum([...own.flatMap((one) => (moves.get(keyOf(one)) ?? []).map(({ wei }) => wei)), ...otherwise])
    const back = sum(own.map((one) => refunds.get(keyOf(one)) ?? 0n))
    const deposited = sum(holders.map((holder) => flow(payer, holder) - flow(holder, payer)))
    equal(`${payer} holds`, chain.balances.get(payer) ?? 0n, fundedWei - spent - deposited + back)
  }

  return {
    ...found,
    extraRuns: extraRuns(books, say),
    totals: {
      authorisations: signed.length,
      moved: chain.moved.length,
      answered: signed.filter(({ answers }) => answers.length > 0).length,
      refunded: refunds.size,
      epochs: over.length,
      payees: cumulative.size,
      runs: books.runs.length,
    },
  }
}

// An answer that is made is stored at once: a second one of the same key is right only where something fell between.
const soonMs = 5_000

function extraRuns({ runs, cutsMs }: Books, say: (finding: string) => void): number {
  let extra = 0
  for (const [key, made] of Map.groupBy(runs, (run) => run.key)) {
    const times = made.map(({ atMs }) => atMs).toSorted((a, b) => a - b)
    for (const [i, before] of times.slice(0, -1).entries()) {
      if (cutsMs.some((cut) => cut > before - soonMs && cut < Math.min(before + soonMs, times[i + 1]!))) continue
      extra++
      say(`${key}: answered again ${times[i + 1]! - before} ms later, and nothing was killed`)
    }
  }
  return extra
}
