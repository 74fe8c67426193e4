import fc from 'fast-check'
import { defaultRevenueRule, shareRules, type FeeOfReceipt, type PayeeScore } from '../../../attribution/index.ts'
import { digestText, revenueRuleSchema, type PayeeId, type RevenueRule } from '../../../kernel/index.ts'

/** The largest amount that a contract can hold. */
export const maxWei = 2n ** 256n - 1n

export const payeeAt = (i: number): PayeeId => `npm:payee-${i}` as PayeeId
export const accounts = { server: `0x${'5'.repeat(40)}` as PayeeId, modelOwner: `0x${'a'.repeat(40)}` as PayeeId }

/** Rules that charge losses against the gains of an epoch: what a payee gets of one answer depends on the others there. */
export const rulesWithAccounts = new Set(['signed-accounts/1', 'signed-accounts-of-4-samples/1'])
/** Rules without accounts that claim: a better score never pays less, and one who did nothing gets nothing. Affine claims neither. */
export const rulesOfAnswers = [...shareRules.keys()].filter(
  (id) => !rulesWithAccounts.has(id) && id !== 'affine-per-sample/1',
)
export const honestRules = [...rulesOfAnswers, ...rulesWithAccounts]

const sampleScore = fc.oneof(
  fc.integer({ min: -9, max: 9 }),
  fc.integer({ min: -1_000_000, max: 1_000_000 }),
  fc.integer({ min: -(2 ** 49), max: 2 ** 49 }),
)

/** A score that is the sum of its samples', as attribution makes it. */
export function scored(payee: PayeeId, sampleScoresMicroNats: readonly number[]): PayeeScore {
  const scoreMicroNats = sampleScoresMicroNats.reduce((sum, score) => sum + score, 0)
  return { payee, scoreMicroNats, samples: sampleScoresMicroNats.length, sampleScoresMicroNats }
}

/** Few different scores, so that many are equal and ties have to be broken. */
const tied = fc.array(fc.integer({ min: -1, max: 2 }), { minLength: 1, maxLength: 2 })
const scores = fc
  .oneof(
    fc.array(fc.array(sampleScore, { minLength: 1, maxLength: 6 }), { maxLength: 6 }),
    fc.array(tied, { maxLength: 6 }),
  )
  .map((all) => all.map((samples, i) => scored(payeeAt(i), samples)))
const groups = fc.array(
  sampleScore.map((scoreMicroNats) => ({ scoreMicroNats })),
  { maxLength: 3 },
)

/** Revenue rules of versions 2 and 3, with any parts, floor and cap. */
export function ruleBy(shareRuleIds: readonly string[]): fc.Arbitrary<RevenueRule> {
  const cuts = fc.tuple(fc.nat(1_000_000), fc.nat(1_000_000), fc.nat(1_000_000))
  const cap = fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: undefined })
  return fc
    .tuple(fc.constantFrom(...shareRuleIds), cuts, fc.oneof(fc.constant(0), fc.nat(1_000)), cap)
    .map(([shareRule, unsorted, noiseFloorMicroNats, payeeCapPpm]) => {
      const [x, y, z] = unsorted.toSorted((a, b) => a - b) as [number, number, number]
      return revenueRuleSchema.parse({
        ...defaultRevenueRule,
        ...(payeeCapPpm === undefined ? { v: 2 } : { v: 3, payeeCapPpm }),
        treasuryPpm: x,
        serverPpm: y - x,
        modelOwnerPpm: z - y,
        contributorsPpm: 1_000_000 - z,
        shareRule,
        noiseFloorMicroNats,
      })
    })
}

const smallFee = fc.oneof(fc.bigInt(0n, 50n), fc.bigInt(0n, 10n ** 20n))
/** Fees of which two or three may pass 2^256 - 1 together, and some pass it alone. */
export const hugeFee = fc.oneof(
  smallFee,
  fc.bigInt(maxWei / 3n, maxWei),
  fc.bigInt(maxWei - 3n, maxWei),
  fc.bigInt(maxWei, maxWei + 3n),
)

export type Epoch = { receipts: FeeOfReceipt[]; before: Map<PayeeId, bigint> }

/** An epoch of up to five answers of two adapters and two pools, after others in which some payees earned already. */
export function epochBy(rules: fc.Arbitrary<RevenueRule>, fee = smallFee, earned = smallFee): fc.Arbitrary<Epoch> {
  const receipt = fc.record({
    feeWei: fee,
    rule: rules,
    attribution: fc.record({ payees: scores, groups }),
    adapter: fc.nat(1),
  })
  return fc
    .record({ answers: fc.array(receipt, { maxLength: 5 }), past: fc.array(earned, { maxLength: 4 }) })
    .map(({ answers, past }): Epoch => ({
      receipts: answers.map(({ adapter, ...answer }, i) => ({
        ...answer,
        receipt: receiptAt(i),
        account: digestText(`adapter ${adapter}`),
        pool: `pool ${adapter}`,
      })),
      before: new Map(past.map((wei, i) => [payeeAt(2 * i), wei])),
    }))
}

const receipts = Array.from({ length: 5 }, (_, i) => digestText(`receipt ${i}`))
const receiptAt = (i: number) => receipts[i]!
