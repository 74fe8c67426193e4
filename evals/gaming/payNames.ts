import { divideByShares, settleAccounts, type Account, type PayeeScore } from '../../attribution/index.ts'
import type { PayeeId } from '../../kernel/index.ts'
import type { Effects, Name } from './Game.ts'

/** What the contributors' part of each fee is, in wei: every answer costs the same. */
const feeWei = 10n ** 15n

/** Of each answer: by name, what it credits and what it charges, as parts of the contributors' money of one answer. */
export type Credits = { credit: number[]; charge: number[] }[]

/** The scores of one answer, before a rule is asked: single removal unless the evaluation of substitutes changes it. */
export type Scoring = (scores: PayeeScore[], answer: number) => PayeeScore[]

/** The rule that is judged. */
export type Judging = { rule: string; noiseFloorMicroNats?: number; scoring?: Scoring }

/** Gives every answer's credits and charges under a share rule, from removal effects in whole micro-nats. */
export function creditNames(
  names: readonly Name[],
  effects: Effects,
  { rule, noiseFloorMicroNats = 0, scoring = (scores) => scores }: Judging,
): Credits {
  const answers = effects.get(names[0]!.label)!.length
  const ids = names.map((_, i) => `npm:name-${String(i).padStart(3, '0')}` as PayeeId)
  return Array.from({ length: answers }, (_, answer) => {
    const micro = (label: string): number => Math.round(effects.get(label)![answer]! * 1e6)
    const scores = names.map(({ label, out }, i): PayeeScore => {
      const score = { payee: ids[i]!, scoreMicroNats: micro(label), samples: out.length }
      return rule.startsWith('positive-per-sample')
        ? { ...score, sampleScoresMicroNats: out.map((sample) => micro(`sample ${sample}`)) }
        : score
    })
    const { payees } = divideByShares(
      feeWei,
      { shareRule: rule, noiseFloorMicroNats },
      { payees: scoring(scores, answer), groups: [] },
    )
    const part = (wei: bigint): number => Number(wei) / Number(feeWei)
    return { credit: payees.map((own) => part(own.part)), charge: payees.map((own) => part(own.charge)) }
  })
}

type Paid = {
  /** By name: its part of the contributors' money of the answers. */
  share: number[]
  /** By name: what it is left owing, in the same unit. */
  owed: number[]
}

/** How answers become epochs: so many in each, and whether what is owed is carried to the next. All in one unless given. */
export type Epochs = { size: number; carried: boolean }

/** Settles some answers (by their place, repeats allowed) epoch by epoch, by settleAccounts, as the product does. */
export function settleNames(
  credits: Credits,
  answers: readonly number[],
  { size, carried }: Epochs = { size: answers.length, carried: true },
): Paid {
  const ids = credits[0]!.credit.map((_, i) => `npm:name-${String(i).padStart(3, '0')}` as PayeeId)
  const wei = (part: number): bigint => BigInt(Math.round(part * 1e12))
  const total = new Map(ids.map((payee) => [payee, 0n]))
  let owed: ReadonlyMap<PayeeId, bigint> = new Map()
  for (let at = 0; at < answers.length; at += size) {
    const epoch = answers.slice(at, at + size).map((answer) => credits[answer]!)
    const sum = (of: (one: Credits[number]) => number): bigint => wei(epoch.reduce((so, one) => so + of(one), 0))
    const accounts = ids.map((payee, i): [PayeeId, Account] => [
      payee,
      { creditWei: sum((one) => one.credit[i]!), debitWei: sum((one) => one.charge[i]!) },
    ])
    const settled = settleAccounts(new Map(accounts), carried ? owed : new Map())
    for (const [payee, paid] of settled.paid) total.set(payee, total.get(payee)! + paid)
    owed = settled.owed
  }
  const part = (amount = 0n): number => Number(amount) / 1e12 / answers.length
  return { share: ids.map((payee) => part(total.get(payee))), owed: ids.map((payee) => part(owed.get(payee))) }
}

/**
 * How far honest shares differ from equal ones: half the L1 distance, per answer (each payee's credits scaled by what its
 * account is paid of them) averaged over answers, and of the money of the whole epoch.
 */
export function contrastOf(credits: Credits): { answer: number; epoch: number } {
  const { share } = settleNames(credits, [...credits.keys()])
  const total = share.map((_, i) => credits.reduce((sum, one) => sum + one.credit[i]!, 0) / credits.length)
  const factor = share.map((own, i) => (total[i]! > 0 ? own / total[i]! : 0))
  const perAnswer = credits.map(({ credit }) => fromEqual(credit.map((own, i) => own * factor[i]!)))
  return { answer: perAnswer.reduce((sum, own) => sum + own, 0) / credits.length, epoch: fromEqual(share) }
}

/** Of an answer that pays nobody: 0, so that paying nobody is no contrast. */
function fromEqual(parts: readonly number[]): number {
  const total = parts.reduce((sum, part) => sum + part, 0)
  if (total === 0) return 0
  return parts.reduce((sum, part) => sum + Math.abs(part / total - 1 / parts.length), 0) / 2
}
