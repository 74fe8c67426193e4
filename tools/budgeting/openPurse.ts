import type { PaymentTerms, SignedPayment } from '../../chain/index.ts'
import { toWeiString, TributaryError } from '../../kernel/index.ts'
import {
  findSpending,
  markSigned,
  releaseSpending,
  reserveSpending,
  savePurchase,
  setLimits,
  settleSpending,
  transaction,
  type Verdict,
} from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { toWire } from '../faces/wire.ts'
import { assetName, budgetWallet } from './budgetWallet.ts'
import { approveDeposit, depositFor } from './channelApproval.ts'
import { denied } from './denied.ts'
import { reconcile, reconcileAll } from './reconcile.ts'

export type PurseOptions = {
  /** The effect key of the purchase: it counts once, however often it is tried. */
  key: string
  /** Most that this purchase may cost. */
  maxFeeWei?: bigint | undefined
  /** Most that its run may spend in all; a run may only tighten it. */
  runBudgetWei?: bigint | undefined
  /** The run of a caller that is no workflow; a workflow is its own. */
  run?: string | undefined
}

/** A reservation that nobody signs for so long is free again: its process has ended. */
const reservationMs = 10 * 60_000

/**
 * What stands between an agent and its wallet: reserves each payment against all limits before it is signed, keeps the
 * signed one with its reservation in one transaction before it leaves, and makes it final by what the chain says.
 */
export function openPurse(ctx: ToolContext, { key, maxFeeWei, runBudgetWei, ...given }: PurseOptions) {
  const { store, chain, now, call } = ctx
  const { wallet, asset, sign } = budgetWallet(ctx)
  const agent = call.agent ?? call.face
  const run = call.run ?? given.run ?? key

  async function reserve(terms: PaymentTerms): Promise<void> {
    if (runBudgetWei !== undefined) {
      const limit = { wallet, asset, agent: '', scope: 'run', bucket: run, setBy: 'run', atMs: now() } as const
      await setLimits(store, { limits: [{ ...limit, limitWei: runBudgetWei }], sign })
    }
    // Signed before under this key, and about to be signed anew: only when it can't be charged any more.
    const before = await findSpending(store, { key })
    if (before?.state === 'signed' && before.scheme === 'batch-settlement') {
      // A later voucher of the channel allows what this one did: it is counted in its place.
      await releaseSpending(store, { key, atMs: now(), sign, reason: 'payment/voucher-replaced', signed: true, tx: '' })
    } else if (before?.state === 'signed' && (await reconcile(ctx, before)) === 'open') throw stillChargeable(key)
    let verdict = await ask(terms)
    // What other runs left behind may be free by now.
    if (!verdict.allowed && (await reconcileAll(ctx)).released > 0) verdict = await ask(terms)
    if (!verdict.allowed) throw denied(verdict.code, terms.amountWei, verdict.checks)
  }

  async function ask({ scheme, asset: token, payTo, amountWei }: PaymentTerms): Promise<Verdict> {
    const atMs = now()
    const within = scheme === 'batch-settlement' ? await depositFor(ctx, payTo, amountWei) : undefined
    return reserveSpending(store, {
      key,
      wallet,
      agent,
      run,
      scheme,
      amountWei,
      sign,
      atMs,
      asset: assetName(chain.chainId, token),
      counterparty: payTo,
      kind: 'payment',
      expiresAtMs: atMs + reservationMs,
      ...(within === undefined ? {} : { within }),
      ...(maxFeeWei === undefined ? {} : { callLimitWei: maxFeeWei }),
    })
  }

  /** Counts a deposit of a channel before it is signed. */
  function approve({ id, restWei }: { id: string; restWei: bigint }): Promise<void> {
    const { openToken, feeEscrow: payTo } = chain.contracts
    return approveDeposit(ctx, { agent, run, asset: assetName(chain.chainId, openToken), payTo, id, restWei })
  }

  /** Keeps a signed payment before it leaves; it does not where its reservation ran out meanwhile. */
  async function keep(payment: SignedPayment): Promise<void> {
    const { amountWei, nonce, validBefore } = payment
    const text = toWire({ ...payment, amountWei: toWeiString(amountWei) })
    await transaction(store, async (tx) => {
      await markSigned(tx, { key, amountWei, nonce: nonce, validBeforeMs: validBefore * 1_000 })
      await savePurchase(tx, { key, payment: text, amountWei, atMs: now() })
    })
  }

  /**
   * After an answer: what was charged is looked up, and what was reserved beyond it is free. A channel was charged what its
   * seller says: the voucher allows that much, whatever is settled later.
   */
  async function settle(chargedWei?: bigint): Promise<void> {
    if (chargedWei !== undefined) {
      await settleSpending(store, { key, atMs: now(), sign, spentWei: chargedWei, reason: 'payment/charged', tx: '' })
      return
    }
    const spending = await findSpending(store, { key })
    if (spending?.state === 'signed') await reconcile(ctx, spending)
  }

  return { reserve, approve, keep, settle }
}

function stillChargeable(key: string): TributaryError {
  return new TributaryError('The payment signed before can still be charged, so no other is signed.', {
    code: 'budget/still-chargeable',
    facts: { key },
    tryThis: 'call again: the signed one is sent again, or its time is over',
    retry: true,
  })
}
