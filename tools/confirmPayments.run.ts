import { readSettlements, untilBlock } from '../chain/index.ts'
import { findError, type Digest } from '../kernel/index.ts'
import {
  confirmPayments as confirm,
  getEpoch,
  getPayment,
  markVanished,
  unconfirmedPayments,
  type Payment,
} from '../store/index.ts'
import type { confirmPayments } from './confirmPayments.ts'
import type { ToolContext } from './context.ts'
import { alone } from './paying/alone.ts'
import { settleAnswered } from './paying/settleAnswered.ts'
import type { Run } from './runTool.ts'

/**
 * Takes the payments that are settled now, however long that takes; what settles meanwhile is for the next epoch. Each round
 * looks all of them up, settles again what is gone, and waits until the rest is deep enough: so a run that was cut goes on.
 * On a local chain one round of reads.
 */
export const run: Run<typeof confirmPayments> = async ({ epoch }, ctx) => {
  const { chain, store, call, now } = ctx
  const count = { confirmed: 0, settledAgain: 0, failed: 0 }
  if ((await getEpoch(store, { epoch })).state !== 'open') return { epoch, ...count }
  const asked = new Set((await unconfirmedPayments(store, {})).map(({ payer, nonce }) => payer + nonce))
  for (;;) {
    const waiting = (await unconfirmedPayments(store, {})).filter(({ payer, nonce }) => asked.has(payer + nonce))
    if (waiting.length === 0) return { epoch, ...count }
    call.heartbeat?.({ step: 'looking payments up on chain again', done: count.confirmed, of: asked.size })
    const seen = await readSettlements(chain, settlementsOf(waiting))
    const final = [...seen].flatMap(([tx, it]) => (it.seen === 'final' ? [tx] : []))
    count.confirmed += await confirm(store, { txs: final, atMs: now() })
    const gone = waiting.filter(({ settlementTx }) => seen.get(settlementTx!)?.seen === 'gone')
    for (const payment of gone) count[await settleAgain(ctx, payment)]++
    if (gone.length > 0) continue
    const shallow = [...seen.values()].flatMap((it) => (it.seen === 'shallow' ? [it.block] : []))
    if (shallow.length > 0) await untilBlock(chain, BigInt(Math.max(...shallow) + chain.confirmations))
  }
}

/** One transaction may settle many payments: it has to have moved what all of them are worth. */
function settlementsOf(payments: readonly Payment[]): { tx: Digest; feesWei: bigint }[] {
  const feesWei = new Map<Digest, bigint>()
  for (const { settlementTx: tx, feeWei } of payments) feesWei.set(tx!, (feesWei.get(tx!) ?? 0n) + feeWei)
  return [...feesWei].map(([tx, wei]) => ({ tx, feesWei: wei }))
}

/** Throws where the chain can't be asked: the payment stays `settling`, and recovery or the next call goes on with it. */
async function settleAgain(
  ctx: ToolContext,
  { payer, nonce, settlementTx }: Payment,
): Promise<'settledAgain' | 'failed'> {
  const key = { payer, nonce }
  return alone(ctx, key, async () => {
    const before = await getPayment(ctx.store, key)
    const isHere = before.state === 'settled' && before.settlementTx === settlementTx
    const payment = isHere ? await markVanished(ctx.store, { ...key, tx: settlementTx!, atMs: ctx.now() }) : before
    try {
      await settleAnswered(ctx, payment)
      return 'settledAgain'
    } catch (failure) {
      // An authorisation whose time is over, or that was spent elsewhere meanwhile. Its receipt is in no epoch.
      if ((await getPayment(ctx.store, key)).state !== 'failed') throw failure
      ctx.log.warn({ code: findError(failure)?.code, ...key, tx: settlementTx }, 'a payment that vanished has failed')
      return 'failed'
    }
  })
}
