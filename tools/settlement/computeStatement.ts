import { epochBooks, type EpochBooks, type EpochSplit, type OwedWei } from '../../attribution/index.ts'
import { growRewardTree, payeeKey, type RewardTree } from '../../chain/index.ts'
import {
  digestOf,
  digestRoot,
  digestString,
  payeeIdString,
  toWeiString,
  type Digest,
  type PayeeId,
  type WeiString,
} from '../../kernel/index.ts'
import { cumulativeBefore, getEpoch, type StatementRecord } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { leafDigest } from '../proving/evidenceLeaves.ts'
import { evidenceTree, firstFormLeaf, leafOfAnswer, type EpochFacts } from './evidenceTree.ts'
import { feesOfEpoch } from './feesOfEpoch.ts'

export type ComputedStatement = {
  split: EpochSplit
  /** Undefined when nobody has ever earned anything. */
  tree: RewardTree | undefined
  root: Digest
  /** Root over what each receipt stands on, the report of how they were scored, and what is owed. */
  evidence: Digest
  /** Which form that root has: that of the stored statement; of a new one 2, or 1 where scores of before lack a signature. */
  evidenceVersion: number
  keyOf: (payee: PayeeId) => Digest
}

/** The root of an epoch in which nobody has ever earned: no leaf can be proved under it. */
export const emptyRoot = digestOf('tributary/empty-reward-root/1')

/**
 * What an epoch pays, computed from the frozen receipts, their stored scores and the rules they name. Used to settle and
 * used again, from the same stored facts, to audit: the two can only differ where a stored fact was changed.
 */
export async function computeStatement(
  ctx: Pick<ToolContext, 'store' | 'keys' | 'chain'>,
  epoch: number,
): Promise<ComputedStatement> {
  const { store } = ctx
  const books = await booksOfEpoch(ctx, epoch)
  const stored = await getEpoch(store, { epoch })
  let form = stored.root === null ? 2 : (stored.evidenceVersion ?? 1)
  const [first, second]: [Digest[], Digest[]] = [[], []]
  for await (const fee of feesOfEpoch(ctx, epoch)) {
    if (stored.root === null && fee.answer.scores.signed === null) form = 1
    first.push(firstFormLeaf(fee.answer))
    if (form === 2) second.push(leafDigest(leafOfAnswer(epoch, fee.answer)))
    books.add(fee)
  }
  const split = books.close()
  const paid = split.payees.filter(({ cumulativeWei }) => cumulativeWei > 0n)
  const tree = paid.length > 0 ? await growRewardTree(paid) : undefined
  const root = tree?.root ?? emptyRoot
  const facts = { epoch, rewardRoot: root, scoring: stored.scoring, owed: toStored(split.owed), ...totalsOf(split) }
  return {
    split,
    tree,
    root,
    evidence: form === 2 ? evidenceTree(ctx.chain, facts, second).root : firstForm(first, facts),
    evidenceVersion: form,
    keyOf: (payee) => payeeKey(payee) as Digest,
  }
}

function firstForm(answers: readonly Digest[], { scoring, owed }: Pick<EpochFacts, 'scoring' | 'owed'>): Digest {
  const leaves = [...answers, ...(scoring === null ? [] : [scoring]), ...(owed.length > 0 ? [digestOf(owed)] : [])]
  return digestRoot(leaves.length > 0 ? leaves : [emptyRoot])
}

/** The totals of an epoch as its evidence names them. */
export function totalsOf(totals: Pick<EpochSplit, 'receivedWei' | 'paidWei' | 'treasuryWei' | 'poolWei'>) {
  return {
    receivedWei: toWeiString(totals.receivedWei),
    paidWei: toWeiString(totals.paidWei),
    treasuryWei: toWeiString(totals.treasuryWei),
    poolWei: toWeiString(totals.poolWei),
  }
}

/** The sums of an epoch as they are stored with it; `pools` by the Datanets' ids on chain. */
export function storedSums(split: EpochSplit) {
  const { paidWei, serverWei, modelOwnerWei, treasuryWei, poolWei } = split
  const pools = split.pools.map(({ pool, wei }) => ({ datanet: digestString.parse(pool), wei: toWeiString(wei) }))
  return { paidWei, operatorsWei: serverWei + modelOwnerWei, treasuryWei, poolWei, pools }
}

/** The statement of an epoch as it is stored. A new one of a rejected epoch has the form of the rejected one. */
export async function statementRecord(
  ctx: Pick<ToolContext, 'store' | 'keys' | 'chain'>,
  epoch: number,
): Promise<StatementRecord & { receivedWei: bigint }> {
  const { split, root, evidence, evidenceVersion, keyOf } = await computeStatement(ctx, epoch)
  return {
    epoch,
    root,
    evidenceRoot: evidence,
    evidenceVersion,
    receivedWei: split.receivedWei,
    ...storedSums(split),
    owed: toStored(split.owed),
    leaves: split.payees.flatMap(({ payee, earnedWei, cumulativeWei }) =>
      cumulativeWei > 0n ? [{ payee, payeeKey: keyOf(payee), epochWei: earnedWei, cumulativeWei }] : [],
    ),
  }
}

/** What payees owe, as it is stored with the epoch and hashed into its evidence. */
export function toStored(owed: readonly OwedWei[]): { account: string; payee: PayeeId; wei: WeiString }[] {
  return owed.map(({ account, payee, wei }) => ({ account, payee, wei: toWeiString(wei) }))
}

/** Books of an epoch as it opens: what everybody earned before, and what they owe. */
export async function booksOfEpoch(
  { store, keys }: Pick<ToolContext, 'store' | 'keys'>,
  epoch: number,
): Promise<EpochBooks> {
  const accounts = { server: accountOf(keys.server.address), modelOwner: accountOf(keys.modelOwner.address) }
  const [before, owed] = [await cumulativeBefore(store, { epoch }), await owedBefore(store, epoch)]
  return epochBooks({ accounts, before, owed })
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
