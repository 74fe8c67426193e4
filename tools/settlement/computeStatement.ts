import { splitEpoch, type EpochSplit } from '../../attribution/index.ts'
import { rewardTree, payeeKey, type RewardTree } from '../../chain/index.ts'
import { digestOf, digestRoot, payeeIdString, type Digest, type PayeeId } from '../../kernel/index.ts'
import { attributionOf, cumulativeBefore, getEpoch, getRule, historyOf, receiptsOfEpoch } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'

export type ComputedStatement = {
  split: EpochSplit
  /** Undefined when nobody has ever earned anything. */
  tree: RewardTree | undefined
  root: Digest
  /** Root over what each receipt stands on (its id, scores and history), and the report of how they were scored. */
  evidence: Digest
  keyOf: (payee: PayeeId) => Digest
}

/** The root of an epoch in which nobody has ever earned: no leaf can be proved under it. */
export const emptyRoot = digestOf('tributary/empty-reward-root/1')

/**
 * What an epoch pays, computed from the frozen receipts, their stored scores and the rules they name. Used to settle and
 * used again, from the same stored facts, to audit: the two can only differ where a stored fact was changed.
 */
export async function computeStatement(
  ctx: Pick<ToolContext, 'store' | 'keys'>,
  epoch: number,
): Promise<ComputedStatement> {
  const { store, keys } = ctx
  const receipts = await receiptsOfEpoch(store, { epoch })
  const leaves: Digest[] = []
  const fees = []
  for (const { id, receipt } of receipts) {
    // The highest tier: what was confirmed before the epoch closed.
    const attribution = await attributionOf(store, { receipt: id })
    const { blob: history } = await historyOf(store, { workflow: `attribute/${id}` })
    leaves.push(digestOf({ receipt: id, attribution: digestOf(attribution), history }))
    fees.push({
      receipt: id,
      feeWei: BigInt(receipt.feeWei),
      rule: await getRule(store, { digest: receipt.rule }),
      attribution,
    })
  }
  const { scoring } = await getEpoch(store, { epoch })
  if (scoring !== null) leaves.push(scoring)
  const accounts = { server: accountOf(keys.server.address), modelOwner: accountOf(keys.modelOwner.address) }
  const split = splitEpoch({ receipts: fees, accounts, before: await cumulativeBefore(store, { epoch }) })
  const paid = split.payees.filter(({ cumulativeWei }) => cumulativeWei > 0n)
  const tree = paid.length > 0 ? rewardTree(paid) : undefined
  return {
    split,
    tree,
    root: tree?.root ?? emptyRoot,
    evidence: digestRoot(leaves.length > 0 ? leaves : [emptyRoot]),
    keyOf: (payee) => payeeKey(payee) as Digest,
  }
}

/** An address as a payee: lower case, the form in which payees are compared. */
export function accountOf(address: string): PayeeId {
  return payeeIdString.parse(address.toLowerCase())
}
