import fc from 'fast-check'
import {
  apportion,
  divideByShares,
  settleAccounts,
  shareRules,
  splitEpoch,
  splitFee,
} from '../../../attribution/index.ts'
import { TributaryError, type PayeeId } from '../../../kernel/index.ts'
import {
  accounts,
  epochBy,
  honestRules,
  hugeFee,
  maxWei,
  payeeAt,
  ruleBy,
  rulesOfAnswers,
  rulesWithAccounts,
  scored,
} from './epochs.ts'
import { earnedBy, grows, paidForMore, slackOf } from './paidForMore.ts'
import { handedOut } from './handedOut.ts'

/** What must hold of every split, in words, and as a property of fast-check. Tests and `npm run evals -- properties` run the same. */
export type ShareProperty = { name: string; claim: string; property: fc.IRawProperty<unknown> }

const shareRuleIds = [...shareRules.keys()]
const sum = (parts: Iterable<bigint>): bigint => [...parts].reduce((total, part) => total + part, 0n)
const weiOf = (all: readonly { payee: PayeeId; wei: bigint }[], payee: PayeeId): bigint =>
  all.find((one) => one.payee === payee)?.wei ?? 0n
const wei = fc.oneof(fc.bigInt(0n, 9n), fc.bigInt(0n, 10n ** 20n))

const conservation = fc.property(epochBy(ruleBy(shareRuleIds)), ({ receipts, before }) => {
  const split = splitEpoch({ receipts, accounts, before })
  must(split.receivedWei === sum(receipts.map(({ feeWei }) => feeWei)), 'what came in is the sum of the fees')
  must(split.receivedWei === split.paidWei + split.treasuryWei + split.poolWei, 'every wei is paid or in a pool')
  must(sum(split.payees.map(({ earnedWei }) => earnedWei)) === split.paidWei, 'payees sum to what is paid')
  must(sum(split.pools.map((pool) => pool.wei)) === split.poolWei, 'pools sum to what is carried')
  for (const { payee, earnedWei, cumulativeWei } of split.payees) {
    must(earnedWei >= 0n, 'nobody is paid less than nothing')
    must(cumulativeWei === (before.get(payee) ?? 0n) + earnedWei, 'cumulative is before and earned')
  }
  for (const payee of before.keys())
    must(
      split.payees.some((one) => one.payee === payee),
      'nobody is forgotten',
    )
  for (const { feeWei, rule, attribution } of receipts) {
    const fee = splitFee(feeWei, rule, attribution)
    const contributorsWei = sum(fee.payees.map((payee) => payee.wei)) + fee.poolWei
    must(fee.treasuryWei + fee.serverWei + fee.modelOwnerWei + contributorsWei === feeWei, 'a fee is its parts')
    const parts: [bigint, number][] = [
      [fee.treasuryWei, rule.treasuryPpm],
      [fee.serverWei, rule.serverPpm],
      [fee.modelOwnerWei, rule.modelOwnerPpm],
      [contributorsWei, rule.contributorsPpm],
    ]
    for (const [part, ppm] of parts) {
      const apart = part * 1_000_000n - feeWei * BigInt(ppm)
      must(apart > -1_000_000n && apart < 1_000_000n, 'each part of a fee is its ppm, to a wei')
    }
  }
})

const monotony = fc.property(epochBy(ruleBy(rulesOfAnswers)), grows, (epoch, growth) => {
  const paid = paidForMore(epoch, growth)
  fc.pre(paid !== undefined)
  must(paid.after + paid.slack >= paid.before, 'more score pays no less')
})

const monotonyOfAccounts = fc.property(
  epochBy(ruleBy(honestRules)),
  grows,
  fc.array(fc.tuple(wei, wei), { maxLength: 5 }),
  wei,
  ({ receipts }, { payee, more }, others, moreWei) => {
    for (const { feeWei, rule, attribution } of receipts) {
      const { payees } = attribution
      if (payees.length <= payee) continue
      const [first, ...rest] = payees[payee]!.sampleScoresMicroNats!
      const grown = payees.with(payee, scored(payeeAt(payee), [first! + more, ...rest]))
      const of = (all: typeof payees) =>
        divideByShares(feeWei, rule, { ...attribution, payees: all }).payees.find(
          (one) => one.payee === payeeAt(payee),
        )!
      must(of(grown).part + slackOf(rule) >= of(payees).part, 'more score is credited with no less')
      must(of(grown).charge <= of(payees).charge, 'more score is charged with no more')
    }
    const book = new Map(others.map(([creditWei, debitWei], i) => [payeeAt(i), { creditWei, debitWei }]))
    const own = book.get(payeeAt(0))
    if (!own) return
    const paid = (credit: bigint): bigint =>
      settleAccounts(new Map(book).set(payeeAt(0), { ...own, creditWei: credit })).paid.get(payeeAt(0)) ?? 0n
    must(paid(own.creditWei + moreWei) >= paid(own.creditWei), 'more credit pays no less')
  },
)

const symmetry = fc.property(
  epochBy(ruleBy(shareRuleIds)),
  fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 6 }),
  ({ receipts }, samples) => {
    // Two who are alike in every answer, beside all others; none of them earned before.
    const twins = ['npm:twin-a', 'npm:twin-b'] as PayeeId[]
    const withTwins = receipts.map((one) => {
      const payees = [...one.attribution.payees, ...twins.map((twin) => scored(twin, samples))]
      return { ...one, attribution: { ...one.attribution, payees } }
    })
    let apartWei = 0n
    let hasAccounts = false
    for (const { feeWei, rule, attribution } of withTwins) {
      const fee = splitFee(feeWei, rule, attribution)
      const [a, b] = twins.map((twin) => weiOf(fee.payees, twin)) as [bigint, bigint]
      must(a - b === 0n || a - b === 1n, 'equals differ by a wei, which goes to the smaller id')
      must(weiOf(fee.charges, twins[0]!) === weiOf(fee.charges, twins[1]!), 'equals are charged alike')
      apartWei += a - b
      hasAccounts ||= rulesWithAccounts.has(rule.shareRule)
    }
    const split = splitEpoch({ receipts: withTwins, accounts })
    const apart = earnedBy(split, twins[0]!) - earnedBy(split, twins[1]!)
    // Losses set against gains can make a wei decide (apart / sum of nets), so there only the order is claimed.
    if (hasAccounts) must(apart >= 0n, 'the smaller id is paid no less')
    else must(apart >= 0n && apart <= apartWei, 'equals differ by what the answers left them apart')
  },
)

const nullPlayer = fc.property(
  epochBy(ruleBy(honestRules)),
  fc.integer({ min: 1, max: 6 }),
  ({ receipts, before }, samples) => {
    const nobody = 'npm:nobody' as PayeeId
    const withNobody = receipts.map((one) => {
      const payees = [...one.attribution.payees, scored(nobody, Array<number>(samples).fill(0))]
      return { ...one, attribution: { ...one.attribution, payees } }
    })
    const split = splitEpoch({ receipts: withNobody, accounts, before })
    must(earnedBy(split, nobody) === 0n, 'one who did nothing is paid nothing')
    must(same(split, splitEpoch({ receipts, accounts, before })), 'and takes nothing from anybody')
  },
)

const permutation = fc.property(
  epochBy(ruleBy(shareRuleIds)),
  fc.array(fc.nat(), { minLength: 6, maxLength: 6 }),
  ({ receipts, before }, keys) => {
    const shuffled = <Item>(items: readonly Item[]): Item[] =>
      items
        .map((item, i) => ({ item, key: keys[i % 6]! }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ item }) => item)
    const other = shuffled(receipts).map((one) => {
      const payees = shuffled(one.attribution.payees).map((score) => ({
        ...score,
        sampleScoresMicroNats: shuffled(score.sampleScoresMicroNats!),
      }))
      return { ...one, attribution: { payees, groups: shuffled(one.attribution.groups) } }
    })
    const past = new Map(shuffled([...before]))
    must(
      same(splitEpoch({ receipts: other, accounts, before: past }), splitEpoch({ receipts, accounts, before })),
      'order does not matter',
    )
  },
)

const overflow = fc.property(epochBy(ruleBy(shareRuleIds), hugeFee, hugeFee), ({ receipts, before }) => {
  const fees = receipts.map(({ feeWei }) => feeWei)
  const tooLarge = fees.some((fee) => fee > maxWei)
  const fits = sum(fees) <= maxWei && [...before.values()].every((past) => past <= maxWei)
  try {
    const split = splitEpoch({ receipts, accounts, before })
    must(!tooLarge && fits, 'what no contract can hold is refused')
    must(split.receivedWei === split.paidWei + split.treasuryWei + split.poolWei, 'huge fees are conserved too')
    must(
      split.payees.every(({ cumulativeWei }) => cumulativeWei <= maxWei),
      'no leaf passes 2^256 - 1',
    )
  } catch (error) {
    if (!(error instanceof TributaryError)) throw error
    must(error.code === (tooLarge ? 'attribution/fee-range' : 'attribution/overflow'), 'the refusal is coded')
    if (tooLarge || !fits) return
    // Only a payee's sum of all epochs can have passed it.
    const now = splitEpoch({ receipts, accounts })
    must(
      now.payees.some(({ payee, earnedWei }) => (before.get(payee) ?? 0n) + earnedWei > maxWei),
      'only what does not fit is refused',
    )
  }
})

const weights = fc.array(fc.oneof(fc.bigInt(0n, 4n), fc.bigInt(0n, 2n ** 60n)), { minLength: 1, maxLength: 9 })

const ties = fc.property(fc.oneof(fc.bigInt(0n, 40n), fc.bigInt(0n, maxWei)), weights, (total, all) => {
  fc.pre(all.some((weight) => weight > 0n))
  must(same(apportion(total, all), handedOut(total, all)), 'the wei left over go where the documents say')
})

const caps = fc.property(epochBy(ruleBy(shareRuleIds)), ({ receipts }) => {
  const split = splitEpoch({ receipts, accounts })
  const capOf = (rule: (typeof receipts)[number]['rule']): bigint => BigInt(rule.v === 3 ? rule.payeeCapPpm : 1_000_000)
  const largest = receipts.reduce((wei_, { feeWei, rule, attribution }) => {
    const fee = splitFee(feeWei, rule, attribution)
    return wei_ + (feeWei - fee.treasuryWei - fee.serverWei - fee.modelOwnerWei) * capOf(rule)
  }, 0n)
  for (const { payee, earnedWei } of split.payees) {
    if (payee === accounts.server || payee === accounts.modelOwner) continue
    must(earnedWei * 1_000_000n <= largest, 'nobody is paid more than its caps together')
  }
})

/** Every property, by the words of the issue and in its order; the two last are our rule's own. */
export const shareProperties: readonly ShareProperty[] = [
  {
    name: 'conservation',
    claim: 'every wei of every fee is paid or in a pool, each part is its ppm to a wei',
    property: conservation,
  },
  {
    name: 'monotony',
    claim: 'more score in any answer never pays less in the epoch (rules without accounts)',
    property: monotony,
  },
  {
    name: 'monotony of accounts',
    claim:
      'more score is never credited with less nor charged with more; more credit never pays less (all rules but affine)',
    property: monotonyOfAccounts,
  },
  {
    name: 'symmetry',
    claim: 'equal payees differ by a wei an answer, which the smaller id gets, and are charged alike',
    property: symmetry,
  },
  {
    name: 'null player',
    claim: 'a score of 0 is paid nothing and changes nobody’s pay (all rules but affine)',
    property: nullPlayer,
  },
  {
    name: 'permutation',
    claim: 'the order of receipts, payees, samples and groups does not matter',
    property: permutation,
  },
  { name: 'overflow', claim: 'sums past 2^256 - 1 are refused by code, and only they', property: overflow },
  {
    name: 'ties',
    claim: 'left wei go by remainder, then weight, then place, as a slow handing out gives',
    property: ties,
  },
  { name: 'caps', claim: 'no contributor is paid more than the caps of its answers', property: caps },
]

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a, plain) === JSON.stringify(b, plain)
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value
}

function must(holds: boolean, fact: string): void {
  if (!holds) throw new Error(`does not hold: ${fact}`)
}
