import { settlementState } from '../../chain/index.ts'
import { releaseSpending, settleSpending, spendingsOf, type Spending } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { budgetWallet } from './budgetWallet.ts'

export type Outcome = 'settled' | 'released' | 'open'

/** Past its time by so much a payment is over by any clock, even where no block was made since. */
const clockSkewMs = 10 * 60_000

/**
 * What became of a spending, by the chain alone: charged, and how much; or past its time and unused, so that it never can
 * be; or still open. Asked again it gives the same. Cost: one call of the node, and a few more for one that was charged.
 */
export async function reconcile(ctx: ToolContext, spending: Spending): Promise<Outcome> {
  const { store, now } = ctx
  const { key, state, expiresAtMs } = spending
  const at = { key, atMs: now(), sign: budgetWallet(ctx).sign }
  if (state === 'reserved') {
    if (expiresAtMs > now()) return 'open'
    return (await releaseSpending(store, { ...at, reason: 'budget/never-signed' })) ? 'released' : 'open'
  }
  if (state !== 'signed') return state === 'spent' ? 'settled' : 'released'
  const found = await lookUp(ctx, spending)
  if (found.state === 'open') return 'open'
  if (found.state === 'settled') {
    await settleSpending(store, { ...at, spentWei: found.amountWei, reason: 'payment/settled', tx: found.tx })
    return 'settled'
  }
  await releaseSpending(store, { ...at, reason: found.reason, signed: true, tx: found.tx ?? '' })
  return 'released'
}

/** The same for all that is open in this wallet. */
export async function reconcileAll(ctx: ToolContext): Promise<Record<Outcome, number>> {
  const count = { settled: 0, released: 0, open: 0 }
  for (const spending of await spendingsOf(ctx.store, { wallet: budgetWallet(ctx).wallet })) {
    count[await reconcile(ctx, spending)]++
  }
  return count
}

type Found =
  | { state: 'open' }
  | { state: 'settled'; amountWei: bigint; tx: string }
  | { state: 'over'; reason: string; tx?: string }

async function lookUp({ chain, now }: ToolContext, spending: Spending): Promise<Found> {
  const { nonce, wallet, counterparty, validBeforeMs, scheme } = spending
  if (nonce === null || (scheme !== null && scheme !== 'exact')) return { state: 'open' }
  const state = await settlementState(chain, { payer: wallet, nonce, payTo: counterparty })
  if (state.state === 'settled') return { state: 'settled', amountWei: state.amountWei, tx: state.tx }
  if (state.state === 'void') return { state: 'over', reason: 'payment/cancelled', tx: state.tx }
  if (validBeforeMs === null) return { state: 'open' }
  const { timestamp } = await chain.reader.getBlock()
  const isOver = Number(timestamp) * 1_000 >= validBeforeMs || now() >= validBeforeMs + clockSkewMs
  return isOver ? { state: 'over', reason: 'payment/expired' } : { state: 'open' }
}
