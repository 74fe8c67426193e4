import type { Address } from '../../kernel/index.ts'
import {
  markSigned,
  releaseSpending,
  reserveSpending,
  spendingsOf,
  type Spending,
  type SpendingRequest,
} from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { budgetWallet } from './budgetWallet.ts'
import { denied } from './denied.ts'

/** What is deposited and not yet paid for: of each address that is paid by channels, the newest holds. */
async function openApprovals({ store, keys }: Pick<ToolContext, 'store' | 'keys'>, to: Address): Promise<Spending[]> {
  const open = await spendingsOf(store, { wallet: keys.buyer.address as Address, states: ['signed'] })
  const isOurs = ({ kind, scheme, counterparty }: Spending) =>
    kind === 'approval' && scheme === 'batch-settlement' && counterparty === to.toLowerCase()
  return open.filter(isOurs)
}

/** The deposit that covers a payment; undefined where none does, and the payment counts by itself. */
export async function depositFor(ctx: ToolContext, to: Address, amountWei: bigint): Promise<string | undefined> {
  const newest = (await openApprovals(ctx, to)).at(-1)
  const restWei = newest ? newest.amountWei - newest.spentWei - newest.drawnWei : 0n
  return newest && restWei >= amountWei ? newest.key : undefined
}

type Deposited = Pick<SpendingRequest, 'agent' | 'run' | 'asset'> & { payTo: Address; id: string; restWei: bigint }

/**
 * Counts a deposit before it is signed away: as an approval of what the channel holds once the payment that brings it is made. It
 * takes the place of the one before, whose rest is part of it. Throws budget/per-approval and the other denials.
 */
export async function approveDeposit(ctx: ToolContext, { payTo, id, restWei, ...placed }: Deposited): Promise<void> {
  const { store, now } = ctx
  const { wallet, sign } = budgetWallet(ctx)
  for (const { key } of await openApprovals(ctx, payTo)) {
    await releaseSpending(store, { key, reason: 'budget/replaced', signed: true, atMs: now(), sign })
  }
  if (restWei <= 0n) return
  const key = `deposit/${id}`
  const verdict = await reserveSpending(store, {
    ...placed,
    key,
    wallet,
    sign,
    kind: 'approval',
    scheme: 'batch-settlement',
    counterparty: payTo,
    amountWei: restWei,
    expiresAtMs: now() + 60_000,
    atMs: now(),
  })
  if (!verdict.allowed) throw denied(verdict.code, restWei, verdict.checks)
  // From here on its channel can be charged up to it: only a deposit that replaces it frees what is left.
  await markSigned(store, { key, amountWei: restWei })
}
