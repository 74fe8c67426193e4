import type { RefusalCode } from '../refusal.ts'

/** The code for a reason of the x402 package's `batch-settlement`. */
export function codeOfChannelReason(reason: string): RefusalCode {
  switch (reason.replace('invalid_batch_settlement_evm_', '')) {
    case 'network_mismatch':
      return 'payment/wrong-network'
    case 'token_mismatch':
      return 'payment/wrong-asset'
    case 'receiver_mismatch':
      return 'payment/wrong-payee'
    case 'channel_id_mismatch':
    case 'receiver_authorizer_mismatch':
    case 'withdraw_delay_mismatch':
    case 'withdraw_delay_out_of_range':
      return 'payment/wrong-channel'
    case 'voucher_signature':
    case 'receive_authorization_signature':
      return 'payment/bad-signature'
    case 'cumulative_exceeds_balance':
      return 'payment/over-deposit'
    case 'cumulative_below_claimed':
      return 'payment/voucher-lower'
    case 'cumulative_amount_mismatch':
      return 'payment/voucher-mismatch'
    case 'insufficient_balance':
      return 'payment/underfunded'
    case 'payload_authorization_valid_before':
      return 'payment/expired'
    case 'payload_authorization_valid_after':
      return 'payment/not-yet-valid'
    case 'channel_not_found':
      return 'payment/channel-unknown'
    case 'deposit_simulation_failed':
      return 'payment/deposit-refused'
    case 'eip6492_factory_not_allowed':
      return 'payment/smart-account'
    case 'scheme':
    case 'payload_type':
      return 'payment/wrong-scheme'
    default:
      return 'payment/not-settled'
  }
}
