import { positivePerPayee } from './positivePerPayee.ts'
import { samplesOf } from './samplesOf.ts'
import type { ShareRule } from './ShareRule.ts'
import { signedAccounts } from './signedAccounts.ts'

/**
 * The rule for names with `least` samples and more; what the others helped goes to the pool, what they harmed is charged to
 * nobody. It bounds into how many names one contributor can be cut. Known weakness: small contributors earn nothing, so it is
 * for Datanets whose contributors have many samples. Throws attribution/no-samples.
 */
function withMinimum(rule: ShareRule, id: string, least: number): ShareRule {
  return {
    id,
    weigh(scores) {
      const { payees, pool, debits } = rule.weigh(scores)
      const small = scores.payees.map((score) => samplesOf(score, id) < least)
      const unpaid = payees.reduce((sum, weight, i) => (small[i] ? sum + weight : sum), 0n)
      return {
        payees: payees.map((weight, i) => (small[i] ? 0n : weight)),
        pool: pool + unpaid,
        ...(debits ? { debits: debits.map((debit, i) => (small[i] ? 0n : debit)) } : {}),
      }
    },
  }
}

export const positivePerPayeeOfFour = withMinimum(positivePerPayee, 'positive-per-payee-of-4-samples/1', 4)
export const signedAccountsOfFour = withMinimum(signedAccounts, 'signed-accounts-of-4-samples/1', 4)
