import { claimedOf, movedToEscrow, settlementState } from '../../chain/index.ts'
import type { Receipt } from '../../kernel/index.ts'
import { getPayment, type Payment } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { differs, type AuditCheck } from './auditCheck.ts'

/** The buyer's money is where it should be, by the chain alone. */
export const checkPayment: AuditCheck = {
  name: 'payment on chain',
  judges: 'the payment',
  duty: 'the server, which settled it',
  async run(ctx, { receipt }) {
    const { payer, nonce, scheme } = receipt
    const payment = await getPayment(ctx.store, { payer, nonce })
    return scheme === undefined ? exact(ctx, receipt, payment) : charged(ctx, receipt, payment)
  },
}

async function exact({ chain }: ToolContext, { payer, nonce, feeWei }: Receipt, payment: Payment): Promise<string> {
  const state = await settlementState(chain, { payer, nonce })
  if (state.state !== 'settled') throw differs('the payment', { onChain: state.state, stored: payment.state })
  if (state.amountWei !== BigInt(feeWei)) {
    throw differs('the amount paid', { onChain: String(state.amountWei), feeWei })
  }
  if (state.tx !== payment.settlementTx)
    throw differs('the settlement transaction', { onChain: state.tx, stored: payment.settlementTx })
  return `${feeWei} wei in transaction ${state.tx.slice(0, 10)}`
}

/** A payment of which what was made was charged: its transaction moved at least that, and its channel was claimed up to it. */
async function charged({ chain }: ToolContext, { feeWei, scheme }: Receipt, payment: Payment): Promise<string> {
  const { settlementTx, channel, channelWei, maxWei, state } = payment
  if (settlementTx === null) throw differs('the payment', { onChain: 'open', stored: state })
  if (maxWei === null || BigInt(feeWei) > maxWei) {
    throw differs('the amount charged', { feeWei, signedWei: String(maxWei ?? 0n) })
  }
  const movedWei = await movedToEscrow(chain, settlementTx)
  if (movedWei < BigInt(feeWei)) throw differs('the amount paid', { onChain: String(movedWei), feeWei })
  if (channel === null) return `${feeWei} wei by ${scheme} in transaction ${settlementTx.slice(0, 10)}`
  const claimedWei = await claimedOf(chain, channel, settlementTx)
  if (channelWei === null || claimedWei < channelWei) {
    throw differs('what was claimed of the channel', { onChain: String(claimedWei), charged: String(channelWei) })
  }
  return `${feeWei} wei of channel ${channel.slice(0, 10)} in transaction ${settlementTx.slice(0, 10)}`
}
