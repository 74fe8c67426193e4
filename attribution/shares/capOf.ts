import type { RevenueRule } from '../../kernel/index.ts'

/**
 * The most that one payee may be paid of the contributors' money of one account in an epoch, in millionths of it; the whole
 * where the rule has no cap. Over the answers of an account, which may have been sold by several rules:
 *
 *   cap = floor(sum over answers of contributorsWei · capPpm / 10^6),      contributorsWei with what goes to the pool
 *
 * It does not depend on scores, so more score never pays less; and it is one cap a name, so a payee that is over it gains by
 * going under several names, up to 10^6 / capPpm of them: see docs/what-is-paid.md before setting one.
 */
export function capOf(rule: RevenueRule): bigint {
  return BigInt('payeeCapPpm' in rule ? rule.payeeCapPpm : 1_000_000)
}
