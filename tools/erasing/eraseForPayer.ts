import { verifyErasure } from '../../chain/index.ts'
import { TributaryError, type Digest } from '../../kernel/index.ts'
import { getAnswer, getReceipt, paymentOfReceipt, wishErasure } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { eraseDue } from './eraseDue.ts'

/**
 * Drops prompt and answer at the wish of who paid for them, by its signature: at once where nothing of ours needs them any
 * more, else when their epoch is scored and posted, since contributors are paid by what the answer was.
 * Throws payment/not-the-payer, tools/not-settled (retry), store/not-found.
 */
export async function eraseForPayer(
  ctx: ToolContext,
  { receipt: id, signature }: { receipt: Digest; signature: string },
): Promise<{ receipt: Digest; state: 'dropped' | 'waiting'; epoch: number | null }> {
  const { store, chain } = ctx
  const { receipt } = await getReceipt(store, { id })
  const { payer } = receipt
  if (!(await verifyErasure(id, { chainId: chain.chainId, signature, payer }))) throw notThePayer(id)
  const { state, epoch } = await paymentOfReceipt(store, { receipt: id })
  if (state !== 'settled' && state !== 'refunded' && state !== 'failed') throw notSettled(id, state)
  await wishErasure(store, { receipt: id, signature, atMs: ctx.now() })
  await eraseDue(ctx)
  const { erasedAtMs } = await getAnswer(store, { receipt: id })
  return { receipt: id, state: erasedAtMs === null ? 'waiting' : 'dropped', epoch }
}

function notThePayer(receipt: Digest): TributaryError {
  return new TributaryError('This is not the signature of who paid for the answer.', {
    code: 'payment/not-the-payer',
    facts: { receipt },
    tryThis: 'sign EIP-712 Erasure(bytes32 receipt), domain "Tributary erasure" version 1 of this chain, with the payer’s key',
  }) // prettier-ignore
}

function notSettled(receipt: Digest, state: string): TributaryError {
  return new TributaryError('This answer is not settled yet.', {
    code: 'tools/not-settled',
    facts: { receipt, state },
    tryThis: 'ask again when its payment is settled',
    retry: true,
  })
}
