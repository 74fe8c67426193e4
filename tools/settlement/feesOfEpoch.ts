import type { FeeOfReceipt } from '../../attribution/index.ts'
import type { Attribution, Digest, RevenueRule } from '../../kernel/index.ts'
import { getRule, paidAnswersPage, type PaidAnswer } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'

const pageSize = 500

/**
 * What the books of a frozen epoch are made of, receipt by receipt in the order of their ids: fee, the rule that the receipt
 * names, the scores that are paid (of the highest tier: what was confirmed before the epoch closed), the account and the pool.
 * Whoever settles, audits or back-tests reads the epoch here. Holds a page of 500 in memory.
 */
export async function* feesOfEpoch(
  { store }: Pick<ToolContext, 'store'>,
  epoch: number,
): AsyncGenerator<FeeOfReceipt & { attribution: Attribution; answer: PaidAnswer }> {
  const rules = new Map<Digest, RevenueRule>()
  let after: Digest | undefined
  for (;;) {
    const page = await paidAnswersPage(store, { epoch, after, limit: pageSize })
    for (const answer of page) {
      const { id, receipt, attribution } = answer
      const rule = rules.get(receipt.rule) ?? (await getRule(store, { digest: receipt.rule }))
      rules.set(receipt.rule, rule)
      // Gains and losses of one adapter are one account; what nobody earned is its Datanet's.
      const { adapter: account, datanet: pool } = receipt
      yield { receipt: id, feeWei: BigInt(receipt.feeWei), rule, attribution, account, pool, answer }
      after = id
    }
    if (page.length < pageSize) return
  }
}
