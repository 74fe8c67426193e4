import { settlementState } from '../../chain/index.ts'
import { getPayment } from '../../store/index.ts'
import { differs, type AuditCheck } from './auditCheck.ts'

/** The buyer's money is where it should be, by the chain alone. */
export const checkPayment: AuditCheck = {
  name: 'payment on chain',
  judges: 'the payment',
  duty: 'the server, which settled it',
  async run({ store, chain }, { receipt }) {
    const { payer, nonce, feeWei } = receipt
    const payment = await getPayment(store, { payer, nonce })
    const state = await settlementState(chain, { payer, nonce })
    if (state.state !== 'settled') throw differs('the payment', { onChain: state.state, stored: payment.state })
    if (state.amountWei !== BigInt(feeWei))
      throw differs('the amount paid', { onChain: String(state.amountWei), feeWei })
    if (state.tx !== payment.settlementTx)
      throw differs('the settlement transaction', { onChain: state.tx, stored: payment.settlementTx })
    return `${feeWei} wei in transaction ${state.tx.slice(0, 10)}`
  },
}
