import { TributaryError, type Facts } from '../../kernel/index.ts'

/** Every way in which a payment can be refused: stable codes, each with its next step. */
export const refusals = {
  'payment/wrong-scheme': 'This way to pay is not taken here.|sign for what PAYMENT-REQUIRED offers',
  'payment/wrong-network': 'The payment is for another chain.|sign for the network of PAYMENT-REQUIRED',
  'payment/wrong-asset': 'The payment is in another token.|sign for the asset of PAYMENT-REQUIRED',
  'payment/wrong-payee': 'The payment goes to another address.|sign for the payTo of PAYMENT-REQUIRED',
  'payment/underpaid': 'The payment does not cover the quoted price.|ask for a fresh quote and sign for its amount',
  'payment/overpaid': 'The payment is more than the quoted price.|ask for a fresh quote and sign for its amount',
  'payment/expired': 'The payment has expired, or does too soon to settle it.|sign a new authorisation',
  'payment/not-yet-valid': 'The payment is not valid yet.|check your clock, or send it later',
  'payment/replayed': 'This authorisation was used or cancelled before.|sign a new authorisation with a fresh nonce',
  'payment/bad-signature': 'The signature is not the payer’s for this authorisation.|sign with the key of the payer',
  'payment/smart-account': 'Signatures of smart accounts are not taken by this token.|pay from a key-held account',
  'payment/underfunded': 'The payer does not have that much.|fund the payer with the asset of PAYMENT-REQUIRED',
  'payment/malformed': 'The payment header can’t be read.|send the payment payload of x402 v2',
  'payment/wrong-facilitator':
    'The payment is for another to settle.|sign for the facilitatorAddress of PAYMENT-REQUIRED',
  'payment/no-allowance':
    'Permit2 may not take that much from the payer.|approve Permit2 for the token, or send an EIP-2612 permit with the payment',
  'payment/wrong-channel':
    'The voucher is of another channel than these terms ask for.|make the channel from the extra of PAYMENT-REQUIRED',
  'payment/channel-unknown': 'The chain knows no deposit of this channel.|send a deposit with the voucher',
  'payment/channel-closing':
    'The payer is withdrawing from this channel.|pay by another channel, or after the withdrawal',
  'payment/voucher-lower':
    'The voucher allows no more than was charged already.|sign for what was charged plus the price',
  'payment/voucher-mismatch':
    'The voucher does not go on from what was charged of the channel.|sign for what was charged plus the price',
  'payment/over-deposit': 'The voucher is over the deposit of its channel.|deposit more, with the next voucher',
  'payment/deposit-refused': 'The chain does not take this deposit.|sign a new one, for what the payer has',
  'payment/not-settled': 'The payment could not be settled.|look at the facts; nothing was charged',
} as const
export type RefusalCode = keyof typeof refusals

/** The coded error of a refused payment. */
export function refusal(code: RefusalCode, facts: Facts, retry = false): TributaryError {
  const [message, tryThis] = refusals[code].split('|') as [string, string]
  return new TributaryError(message, { code, facts, tryThis, retry })
}

/** The code for a reason of the x402 package. */
export function codeOfReason(reason: string | undefined): RefusalCode {
  switch (reason ?? '') {
    case 'invalid_exact_evm_scheme':
    case 'unsupported_payload_type':
      return 'payment/wrong-scheme'
    case 'invalid_exact_evm_network_mismatch':
      return 'payment/wrong-network'
    case 'invalid_exact_evm_recipient_mismatch':
      return 'payment/wrong-payee'
    case 'invalid_exact_evm_payload_authorization_valid_before':
      return 'payment/expired'
    case 'invalid_exact_evm_payload_authorization_valid_after':
      return 'payment/not-yet-valid'
    case 'invalid_exact_evm_nonce_already_used':
      return 'payment/replayed'
    case 'invalid_exact_evm_insufficient_balance':
      return 'payment/underfunded'
    case 'invalid_exact_evm_signature':
    case 'invalid_exact_evm_failed_to_parse_signature':
      return 'payment/bad-signature'
    case 'eip6492_factory_not_allowed':
      return 'payment/smart-account'
    default:
      return 'payment/not-settled'
  }
}
