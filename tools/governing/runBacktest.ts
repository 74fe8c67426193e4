import { setImmediate as otherWork } from 'node:timers/promises'
import {
  concentration,
  epochBooks,
  type Concentration,
  type EpochSplit,
  type OwedWei,
} from '../../attribution/index.ts'
import { digestOf, toWeiString, type Digest, type PayeeId, type RevenueRule } from '../../kernel/index.ts'
import { leavesOf, listEpochs } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { accountOf } from '../settlement/computeStatement.ts'
import { feesOfEpoch } from '../settlement/feesOfEpoch.ts'
import { backtestReport, type BacktestReport } from './backtestReport.ts'
import { checkBasis } from './checkBasis.ts'
import { Ledger } from './Ledger.ts'

const stepReceipts = 500

/** What decides only how exactly an answer is scored: the scores are taken as they were committed. */
const scoringFields = ['exactGroups', 'exactFeeWei', 'exactSample', 'evidenceFloorPpm'] as const

/**
 * Plays every epoch that was split again, twice from one pass over its receipts: by the rules that they name, and by the
 * proposed one, as if it had been in force from the first. By the books that pay (epochBooks over feesOfEpoch), with what is
 * owed carried from epoch to epoch. The first play must give the stored statement to the wei, or the basis is not what was
 * paid: tools/backtest-basis.
 *
 * Memory: payees and a page of receipts. Cost: two splits a receipt. Throws what the books throw, such as
 * attribution/no-samples for a share rule that asks for more than stored scores say.
 */
export async function runBacktest(
  ctx: Pick<ToolContext, 'store' | 'keys' | 'call'>,
  rule: RevenueRule,
): Promise<BacktestReport> {
  const { store, keys, call } = ctx
  const accounts = { server: accountOf(keys.server.address), modelOwner: accountOf(keys.modelOwner.address) }
  const split = (await listEpochs(store, {})).filter(({ root }) => root !== null)
  const of = split.reduce((sum, { receiptCount }) => sum + (receiptCount ?? 0), 0)
  const [paid, proposed] = [new Ledger(accounts), new Ledger(accounts)]
  const against = new Map<Digest, number>()
  const notReplayed = new Set<string>()
  const digests = new Map<RevenueRule, Digest>()
  const epochs: BacktestReport['epochs'] = []
  let [owedPaid, owedProposed]: [OwedWei[], OwedWei[]] = [[], []]
  let done = 0
  for (const { number: epoch, root, evidenceRoot } of split) {
    const asPaid = epochBooks({ accounts, owed: owedPaid, before: paid.earned })
    const asProposed = epochBooks({ accounts, owed: owedProposed, before: proposed.earned })
    let receipts = 0
    for await (const fee of feesOfEpoch(ctx, epoch)) {
      asPaid.add(fee)
      asProposed.add({ ...fee, rule })
      if (!digests.has(fee.rule)) {
        digests.set(fee.rule, digestOf(fee.rule))
        for (const field of scoringFields) if (valueOf(rule, field) !== valueOf(fee.rule, field)) notReplayed.add(field)
      }
      const named = digests.get(fee.rule)!
      against.set(named, (against.get(named) ?? 0) + 1)
      receipts += 1
      done += 1
      if (done % stepReceipts > 0) continue
      call.heartbeat?.({ step: 'playing receipts again', done, of, note: `epoch ${epoch}` })
      call.signal?.throwIfAborted()
      await otherWork()
    }
    const [was, would] = [asPaid.close(), asProposed.close()]
    checkBasis(epoch, was, await leavesOf(store, { epoch }))
    ;[owedPaid, owedProposed] = [was.owed, would.owed]
    epochs.push({
      epoch,
      root: root as Digest,
      evidence: evidenceRoot as Digest,
      receipts,
      receivedWei: toWeiString(was.receivedWei),
      paid: paid.enter(was),
      proposed: proposed.enter(would),
    })
  }
  call.heartbeat?.({ step: 'playing receipts again', done, of })
  return backtestReport.parse({
    v: 1,
    rule: digestOf(rule),
    document: rule,
    against: [...against]
      .map(([name, receipts]) => ({ rule: name, receipts }))
      .toSorted((a, b) => (a.rule < b.rule ? -1 : 1)),
    notReplayed: scoringFields.filter((field) => notReplayed.has(field)),
    receipts: done,
    epochs,
    receivedWei: toWeiString(paid.receivedWei),
    paid: paid.totals(),
    proposed: proposed.totals(),
    owed: { paidWei: sumOf(owedPaid), proposedWei: sumOf(owedProposed) },
    ...compare(paid, proposed),
  })
}

function compare(paid: Ledger, proposed: Ledger): Pick<BacktestReport, 'concentration' | 'payees' | 'droppedToZero'> {
  const contributors = [...new Set([...paid.contributors(), ...proposed.contributors()])]
  const among = (ledger: Ledger) => concentration(contributors.map((payee) => ledger.contributedWei(payee)))
  const everybody = [...new Set([...paid.earned.keys(), ...proposed.earned.keys()])].toSorted()
  const payees = everybody.flatMap((payee) => {
    const [was, would] = [paid.earned.get(payee) ?? 0n, proposed.earned.get(payee) ?? 0n]
    if (was === 0n && would === 0n) return []
    return [changeOf(payee, was, would)]
  })
  return {
    concentration: { paid: parsed(among(paid)), proposed: parsed(among(proposed)) },
    payees,
    droppedToZero: payees
      .filter(({ paidWei, proposedWei }) => paidWei !== '0' && proposedWei === '0')
      .map(({ payee }) => payee),
  }
}

const parsed = (found: Concentration) => backtestReport.shape.concentration.shape.paid.parse(found)

function changeOf(payee: PayeeId, was: bigint, would: bigint): BacktestReport['payees'][number] {
  const most = BigInt(Number.MAX_SAFE_INTEGER)
  const ppm = was === 0n ? null : ((would - was) * 1_000_000n) / was
  return {
    payee,
    paidWei: toWeiString(was),
    proposedWei: toWeiString(would),
    changeWei: (would - was).toString(),
    changePpm: ppm === null ? null : Number(ppm > most ? most : ppm),
  }
}

function sumOf(owed: EpochSplit['owed']) {
  return toWeiString(owed.reduce((sum, { wei }) => sum + wei, 0n))
}

function valueOf(rule: RevenueRule, field: (typeof scoringFields)[number]): number | string | undefined {
  return rule.v === 1 ? undefined : rule[field]
}
