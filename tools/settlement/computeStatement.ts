import { epochBooks, type EpochSplit, type OwedWei } from '../../attribution/index.ts'
import { growRewardTree, payeeKey, type RewardTree } from '../../chain/index.ts'
import {
  digestOf,
  digestRoot,
  payeeIdString,
  toWeiString,
  type Digest,
  type PayeeId,
  type WeiString,
} from '../../kernel/index.ts'
import { cumulativeBefore, getEpoch, historyOf } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { feesOfEpoch } from './feesOfEpoch.ts'

export type ComputedStatement = {
  split: EpochSplit
  /** Undefined when nobody has ever earned anything. */
  tree: RewardTree | undefined
  root: Digest
  /** Root over what each receipt stands on (its id, scores and history), the report of how they were scored, and what is owed. */
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
  const accounts = { server: accountOf(keys.server.address), modelOwner: accountOf(keys.modelOwner.address) }
  const [before, owed] = [await cumulativeBefore(store, { epoch }), await owedBefore(store, epoch)]
  const books = epochBooks({ accounts, before, owed })
  const leaves: Digest[] = []
  for await (const fee of feesOfEpoch(ctx, epoch)) {
    const { receipt, attribution } = fee
    const { blob: history } = await historyOf(store, { workflow: `attribute/${receipt}` })
    leaves.push(digestOf({ receipt, attribution: digestOf(attribution), history }))
    books.add(fee)
  }
  const split = books.close()
  const { scoring } = await getEpoch(store, { epoch })
  if (scoring !== null) leaves.push(scoring)
  if (split.owed.length > 0) leaves.push(digestOf(toStored(split.owed)))
  const paid = split.payees.filter(({ cumulativeWei }) => cumulativeWei > 0n)
  const tree = paid.length > 0 ? await growRewardTree(paid) : undefined
  return {
    split,
    tree,
    root: tree?.root ?? emptyRoot,
    evidence: digestRoot(leaves.length > 0 ? leaves : [emptyRoot]),
    keyOf: (payee) => payeeKey(payee) as Digest,
  }
}

/** What payees owe, as it is stored with the epoch and hashed into its evidence. */
export function toStored(owed: readonly OwedWei[]): { account: string; payee: PayeeId; wei: WeiString }[] {
  return owed.map(({ account, payee, wei }) => ({ account, payee, wei: toWeiString(wei) }))
}

async function owedBefore(store: ToolContext['store'], epoch: number): Promise<OwedWei[]> {
  if (epoch === 1) return []
  const { owed } = await getEpoch(store, { epoch: epoch - 1 })
  return (owed ?? []).map((one) => ({ ...one, wei: BigInt(one.wei) }))
}

/** An address as a payee: lower case, the form in which payees are compared. */
export function accountOf(address: string): PayeeId {
  return payeeIdString.parse(address.toLowerCase())
}
