import type { FeeOfReceipt } from '../../attribution/index.ts'
import { digestText, findError, type Attribution, type Digest, type RevenueRule } from '../../kernel/index.ts'
import { getRule, getVersion, paidAnswersPage, type PaidAnswer } from '../../store/index.ts'
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
  const pools = new Map<Digest, Digest>()
  let after: Digest | undefined
  for (;;) {
    const page = await paidAnswersPage(store, { epoch, after, limit: pageSize })
    for (const answer of page) {
      const { id, receipt, attribution } = answer
      const rule = rules.get(receipt.rule) ?? (await getRule(store, { digest: receipt.rule }))
      rules.set(receipt.rule, rule)
      // Gains and losses of one adapter are one account; what nobody earned is its Datanet's, by its id on chain.
      const { adapter: account, datanet: root } = receipt
      const pool = pools.get(root) ?? (await datanetOf(store, root))
      pools.set(root, pool)
      yield { receipt: id, feeWei: BigInt(receipt.feeWei), rule, attribution, account, pool, answer }
      after = id
    }
    if (page.length < pageSize) return
  }
}

/** The id on chain of the Datanet that a version is of; of a version that is not stored here, which then stands for itself. */
async function datanetOf(store: ToolContext['store'], root: Digest): Promise<Digest> {
  try {
    return digestText((await getVersion(store, { root })).datanet)
  } catch (error) {
    if (findError(error)?.code !== 'store/not-found') throw error
    return root
  }
}
