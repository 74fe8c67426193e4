import { paidShares } from '../../attribution/index.ts'
import { toWeiString, type Digest, type PayeeId, type RevenueRule } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'
import { gatedTo } from '../gating/gate.ts'
import { accountOf, booksOfEpoch } from '../settlement/computeStatement.ts'
import { feesOfEpoch } from '../settlement/feesOfEpoch.ts'
import { comparePayees, type PayeeStatement } from './published.ts'

export type Statements = {
  /** Sorted by payee: everybody who has a leaf, was credited or charged, or owes. Without proofs. */
  statements: Omit<PayeeStatement, 'proof'>[]
  rules: Map<Digest, RevenueRule>
}

/**
 * The statements of an epoch for all payees at once, or for one: each receipt is split once. Memory grows with the credits and
 * charges that are kept. `onReceipt` is told after each. Throws what feesOfEpoch and the books throw.
 */
export async function composeStatements(
  ctx: Pick<ToolContext, 'store' | 'keys'>,
  epoch: number,
  { only, onReceipt }: { only?: PayeeId; onReceipt?: (done: number) => void } = {},
): Promise<Statements> {
  const { keys } = ctx
  const books = await booksOfEpoch(ctx, epoch)
  const answers = new Map<PayeeId, PayeeStatement['answers']>()
  const rules = new Map<Digest, RevenueRule>()
  let done = 0
  const gates = new Map<Digest, boolean>()
  const gatedAnswers = async (datanet: Digest): Promise<boolean> => {
    const known = gates.get(datanet) ?? (await gatedTo(ctx, { datanet })) !== undefined
    gates.set(datanet, known)
    return known
  }
  for await (const fee of feesOfEpoch(ctx, epoch)) {
    const { receipt, rule, answer } = fee
    const { attribution } = answer
    rules.set(answer.receipt.rule, rule)
    const { payees, charges } = books.add(fee)
    const credited = new Map(payees.map(({ payee, wei }) => [payee, wei]))
    const charged = new Map(charges.map(({ payee, wei }) => [payee, wei]))
    const { evidence, payees: named } = paidShares(rule, attribution)
    const shares = new Map(named.map(({ payee, sharePpm }) => [payee, sharePpm]))
    const isGated = await gatedAnswers(answer.receipt.datanet)
    const touched = only === undefined ? new Set([...credited.keys(), ...charged.keys()]) : [only]
    for (const payee of touched) {
      const [wei, chargedWei] = [credited.get(payee) ?? 0n, charged.get(payee) ?? 0n]
      if (wei === 0n && chargedWei === 0n) continue
      const samples = (isGated ? [] : attribution.top).flatMap(({ payee: whose, ...sample }) =>
        whose === payee ? [sample] : [],
      )
      const line = {
        receipt,
        datanet: answer.receipt.datanet,
        rule: answer.receipt.rule,
        sharePpm: shares.get(payee) ?? zeroPpm,
        wei: toWeiString(wei),
        chargedWei: toWeiString(chargedWei),
        samples,
        ...(evidence === 'provenance' ? { evidence } : {}),
      }
      const own = answers.get(payee)
      if (own) own.push(line)
      else answers.set(payee, [line])
    }
    onReceipt?.(++done)
  }
  const split = books.close()
  const accounts = new Map<PayeeId, PayeeStatement['accounts']>()
  for (const { account, payee, ...line } of split.accounts) {
    if (only !== undefined && payee !== only) continue
    const own = accounts.get(payee) ?? []
    accounts.set(payee, own)
    own.push({
      account,
      creditedWei: toWeiString(line.creditWei),
      chargedWei: toWeiString(line.debitWei),
      owedBeforeWei: toWeiString(line.owedBeforeWei),
      paidWei: toWeiString(line.paidWei),
      owedWei: toWeiString(line.owedWei),
    })
  }
  const leaves = new Map(split.payees.map((leaf) => [leaf.payee, leaf]))
  const [server, modelOwner] = [accountOf(keys.server.address), accountOf(keys.modelOwner.address)]
  const payees =
    only === undefined ? [...new Set([...leaves.keys(), ...accounts.keys()])].toSorted(comparePayees) : [only]
  const statements = payees.map((payee) => ({
    payee,
    earnedWei: toWeiString(leaves.get(payee)?.earnedWei ?? 0n),
    cumulativeWei: toWeiString(leaves.get(payee)?.cumulativeWei ?? 0n),
    asServerWei: toWeiString(payee === server ? split.serverWei : 0n),
    asModelOwnerWei: toWeiString(payee === modelOwner ? split.modelOwnerWei : 0n),
    accounts: accounts.get(payee) ?? [],
    answers: answers.get(payee) ?? [],
  }))
  return { statements, rules }
}

const zeroPpm = 0 as PayeeStatement['answers'][number]['sharePpm']
