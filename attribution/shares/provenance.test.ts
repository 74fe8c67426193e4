import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digestText, ppmInteger, revenueRuleSchema, type PayeeId, type RevenueRule } from '../../kernel/index.ts'
import { apportion } from './apportion.ts'
import { defaultRevenueRule } from './defaultRevenueRule.ts'
import type { ScoresOfAnswer } from './divideByShares.ts'
import { maxWei, partsOfFee } from './partsOfFee.ts'
import type { ProvenanceShares } from './provenanceRules.ts'
import { splitEpoch } from './splitEpoch.ts'
import { splitFee } from './splitFee.ts'

const id = (i: number) => `npm:package-${String(i).padStart(2, '0')}` as PayeeId
const accounts = { server: `0x${'5'.repeat(40)}` as PayeeId, modelOwner: `0x${'a'.repeat(40)}` as PayeeId }
const ruleWith = (payeeCapPpm = 1_000_000): RevenueRule =>
  revenueRuleSchema.parse({ ...defaultRevenueRule, v: 4, payeeCapPpm, provenanceRule: 'verbatim-provenance/1' })
const byProvenance = ruleWith()

/** A trace in which payee i has parts[i] of the whole, and the last part is unexplained. */
function tracedBy(weights: readonly number[]): ScoresOfAnswer & { provenance: ProvenanceShares } {
  const positive = weights.some((weight) => weight > 0) ? weights : [...weights.slice(0, -1), 1]
  const parts = apportion(
    1_000_000n,
    positive.map((weight) => BigInt(weight)),
  ).map((part) => ppmInteger.parse(Number(part)))
  const payees = parts.slice(0, -1).map((sharePpm, i) => ({ payee: id(i), milliBits: sharePpm, sharePpm }))
  return { payees: [], groups: [], provenance: { payees, unexplainedPpm: parts.at(-1)! } }
}

const fee = fc.oneof(fc.bigInt(0n, 1000n), fc.bigInt(0n, 10n ** 18n), fc.bigInt(maxWei - 1000n, maxWei))
const traces = fc.array(fc.oneof(fc.nat(3), fc.nat(1_000_000)), { minLength: 1, maxLength: 9 }).map(tracedBy)
const wrong = (code: string): unknown => expect.objectContaining({ code: `attribution/${code}` })

test('under a rule that pays by provenance every fee is conserved to the wei, each part within 1 wei of its ppm (2,000 cases)', () => {
  fc.assert(
    fc.property(fee, traces, (feeWei, trace) => {
      const split = splitFee(feeWei, byProvenance, trace)
      const { contributorsWei } = partsOfFee(feeWei, byProvenance)
      const paid = split.payees.reduce((sum, { wei }) => sum + wei, 0n)
      expect(paid + split.poolWei).toBe(contributorsWei)
      expect(paid + split.poolWei + split.treasuryWei + split.serverWei + split.modelOwnerWei).toBe(feeWei)
      expect(split.charges).toEqual([])
      const isNear = (wei: bigint, ppm: number) => {
        const off = wei * 1_000_000n - contributorsWei * BigInt(ppm)
        return off > -1_000_000n && off < 1_000_000n
      }
      for (const { payee, sharePpm } of trace.provenance.payees) {
        expect(isNear(split.payees.find((one) => one.payee === payee)?.wei ?? 0n, sharePpm)).toBe(true)
      }
      expect(isNear(split.poolWei, trace.provenance.unexplainedPpm)).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test('under rules of versions 2 and 3 the pool gets the whole contributors’ part of a traced answer (300 cases)', () => {
  const capped = revenueRuleSchema.parse({ ...defaultRevenueRule, v: 3, payeeCapPpm: 500_000 })
  fc.assert(
    fc.property(fee, traces, (feeWei, trace) => {
      for (const rule of [defaultRevenueRule, capped]) {
        const { contributorsWei } = partsOfFee(feeWei, rule)
        expect(splitFee(feeWei, rule, trace)).toMatchObject({ payees: [], charges: [], poolWei: contributorsWei })
      }
    }),
    { numRuns: 300 },
  )
})

test('the order of payees does not matter, and scores of influence are divided as without the rule (500 cases)', () => {
  const scores = fc.array(fc.integer({ min: -50, max: 90 }), { maxLength: 6 }).map((all): ScoresOfAnswer => {
    return { payees: all.map((scoreMicroNats, i) => ({ payee: id(i), scoreMicroNats })), groups: [] }
  })
  fc.assert(
    fc.property(fee, traces, scores, (feeWei, trace, influence) => {
      const { payees, unexplainedPpm } = trace.provenance
      const turned = { ...trace, provenance: { payees: payees.toReversed(), unexplainedPpm } }
      expect(splitFee(feeWei, byProvenance, turned)).toEqual(splitFee(feeWei, byProvenance, trace))
      expect(splitFee(feeWei, byProvenance, influence)).toEqual(splitFee(feeWei, defaultRevenueRule, influence))
    }),
    { numRuns: 500 },
  )
})

test('a record with both kinds of evidence, shares that are not the whole, and a payee twice are refused', () => {
  const trace = tracedBy([3, 1])
  const { payees, unexplainedPpm } = trace.provenance
  const split = (scores: ScoresOfAnswer, rule = byProvenance) => splitFee(100n, rule, scores)
  expect(() => split({ ...trace, payees: [{ payee: id(0), scoreMicroNats: 1 }] })).toThrow(wrong('mixed-evidence'))
  expect(() => split({ ...trace, groups: [{ scoreMicroNats: 0 }] })).toThrow(wrong('mixed-evidence'))
  const more = [{ ...payees[0]!, sharePpm: ppmInteger.parse(payees[0]!.sharePpm + 1) }]
  expect(() => split({ ...trace, provenance: { payees: more, unexplainedPpm } })).toThrow(wrong('wrong-provenance'))
  expect(() => split({ ...trace, provenance: { payees: [...payees, ...payees], unexplainedPpm } })).toThrow(
    wrong('duplicate-payee'),
  )
  const unknown = revenueRuleSchema.parse({ ...byProvenance, provenanceRule: 'verbatim-provenance/2' })
  expect(() => split(trace, unknown)).toThrow(wrong('unknown-provenance-rule'))
})

test('in an epoch of both kinds of answers every wei is somewhere, their accounts are apart, and a cap holds (500 epochs)', () => {
  const answers = fc.array(fc.tuple(fc.bigInt(0n, 10n ** 20n), traces, fc.nat(1)), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(answers, fc.integer({ min: 1, max: 1_000_000 }), (all, cap) => {
      const rule = ruleWith(cap)
      const receipts = all.map(([feeWei, trace, kind], i) => ({
        receipt: digestText(String(i).padStart(3, '0')),
        feeWei,
        rule,
        account: digestText('one adapter'),
        attribution: kind === 0 ? trace : { payees: [{ payee: id(0), scoreMicroNats: 5 }], groups: [] },
      }))
      const split = splitEpoch({ receipts, accounts })
      expect(split.paidWei + split.treasuryWei + split.poolWei).toBe(split.receivedWei)
      const rules = new Set(split.accounts.map(({ account }) => account.split(' ')[0]))
      for (const name of rules) expect(['verbatim-provenance/1', 'signed-accounts/1']).toContain(name)
      const traced = split.accounts.filter(({ account }) => account.startsWith('verbatim-provenance/1'))
      const partsWei = receipts
        .filter(({ attribution }) => 'provenance' in attribution)
        .reduce((sum, { feeWei }) => sum + partsOfFee(feeWei, rule).contributorsWei, 0n)
      for (const { paidWei, owedWei, debitWei } of traced) {
        expect([paidWei * 1_000_000n <= partsWei * BigInt(cap), owedWei, debitWei]).toEqual([true, 0n, 0n])
      }
    }),
    { numRuns: 500 },
  )
})
