import { createPayingFetch, settlementOf, uptoBuyer, type SignedPayment } from '../chain/index.ts'
import { digestString, TributaryError, weiString, type Facts } from '../kernel/index.ts'
import { findPurchase, withLease } from '../store/index.ts'
import { z } from 'zod'
import type { ask } from './ask.ts'
import { openPurse } from './budgeting/openPurse.ts'
import type { ToolContext } from './context.ts'
import { ownChannelBuyer } from './paying/ownChannelBuyer.ts'
import type { Run } from './runTool.ts'

/** What our gateway answers; only this much of it is relied on. */
const answerSchema = z.object({
  choices: z.tuple([z.object({ message: z.object({ content: z.string() }) })]),
  usage: z.object({ prompt_tokens: z.int(), completion_tokens: z.int() }),
  receipt: z.object({ id: digestString, body: z.object({ feeWei: weiString, adapter: digestString }) }),
})

/**
 * The payment is reserved against the budget, signed once for an effect key, and kept before it leaves: a call that is
 * repeated after a crash sends the same authorisation, which the gateway answers with the first answer.
 */
export const run: Run<typeof ask> = async (
  { maxFeeWei, runBudgetWei, run: named, pay: way, depositWei, ...request },
  ctx,
) => {
  const started = performance.now()
  const key = ctx.call.effectKey ?? ''
  const purse = openPurse(ctx, { key, maxFeeWei: toWei(maxFeeWei), runBudgetWei: toWei(runBudgetWei), run: named })
  const pay = createPayingFetch({
    account: ctx.keys.buyer,
    ...schemes[way](ctx, { depositWei: toWei(depositWei), approve: purse.approve }),
    chainId: ctx.chain.chainId,
    asset: ctx.chain.contracts.openToken,
    payTo: ctx.chain.contracts.feeEscrow,
    reserve: purse.reserve,
    onPayment: purse.keep,
    findPayment: (known) => kept(ctx, known),
    now: ctx.now,
  })
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
    signal: ctx.call.signal ?? null,
  }
  const buy = () => pay(`${ctx.gatewayUrl()}/v1/chat/completions`, init, key)
  // A channel takes one payment at a time, whoever of us pays by it.
  const lease = { key: `own-channel/${ctx.keys.buyer.address}` }
  const response = await (way === 'channel' ? withLease(ctx.store, lease, buy) : buy())
  const body: unknown = await response.json()
  if (!response.ok) throw refused(response.status, body)
  const { choices, usage, receipt } = answerSchema.parse(body)
  ctx.call.line?.note({
    provider: 'tributary',
    model: receipt.body.adapter,
    costWei: BigInt(receipt.body.feeWei),
    inputTokens: usage.prompt_tokens,
    outputTokens: usage.completion_tokens,
  })
  const transaction = settlementOf(response)?.tx ?? ''
  // An answer that is paid is delivered, whatever the chain says now: reconcile_budget looks again.
  const chargedWei = way === 'exact' ? undefined : BigInt(receipt.body.feeWei)
  await purse.settle(chargedWei).catch((err: unknown) => ctx.log.warn({ err }, 'a payment was not looked up'))
  return {
    receipt: receipt.id,
    text: choices[0].message.content,
    feeWei: receipt.body.feeWei,
    promptTokens: usage.prompt_tokens,
    completionTokens: usage.completion_tokens,
    latencyMs: Math.round(performance.now() - started),
    transaction,
  }
}

const schemes = {
  exact: () => ({}),
  upto: ({ chain, keys }: ToolContext) => ({ scheme: uptoBuyer(chain, keys.buyer) }),
  channel: (ctx: ToolContext, how: Parameters<typeof ownChannelBuyer>[1]) => ({ scheme: ownChannelBuyer(ctx, how) }),
}

function toWei(wei: string | undefined): bigint | undefined {
  return wei === undefined ? undefined : BigInt(wei)
}

async function kept({ store }: ToolContext, key: string): Promise<SignedPayment | undefined> {
  const found = await findPurchase(store, { key })
  if (!found) return undefined
  const { amountWei: _, ...payment } = JSON.parse(found.payment) as Omit<SignedPayment, 'amountWei'> & {
    amountWei: string
  }
  return { ...payment, amountWei: found.amountWei }
}

function refused(status: number, body: unknown): TributaryError {
  const { error, details } = body as { error?: unknown; details?: unknown }
  const coded = [error, details].find(
    (e): e is { code: `${string}/${string}`; message: string; facts: Facts; tryThis?: string; retry: boolean } =>
      typeof e === 'object' && e !== null && 'code' in e,
  )
  if (coded) {
    const { code, message, facts, tryThis, retry } = coded
    return new TributaryError(message, { code, facts, retry, ...(tryThis === undefined ? {} : { tryThis }) })
  }
  return new TributaryError('The seller refused in a way that says nothing.', {
    code: 'payment/refused',
    facts: { status },
    tryThis: 'ask for a quote again',
    retry: status >= 500,
  })
}
