import { UptoEvmScheme } from '@x402/evm/upto/facilitator'
import { toFacilitatorEvmSigner } from '@x402/evm'
import type { Chain } from '../../client/openChain.ts'
import type { RefusalCode } from '../refusal.ts'
import { facilitatorSigner } from '../facilitator.ts'

const made = new WeakMap<Chain, UptoEvmScheme>()

/** The x402 package's own `upto` over our clients: it verifies signatures and settles as the operator. */
export function uptoFacilitator(chain: Chain): UptoEvmScheme {
  const found = made.get(chain)
  if (found !== undefined) return found
  const scheme = new UptoEvmScheme(toFacilitatorEvmSigner(facilitatorSigner(chain)))
  made.set(chain, scheme)
  return scheme
}

/** The code for a reason of the package's `upto`. */
export function codeOfUptoReason(reason: string): RefusalCode {
  switch (reason) {
    case 'invalid_upto_evm_scheme':
    case 'unsupported_payload_type':
    case 'invalid_permit2_spender':
      return 'payment/wrong-scheme'
    case 'invalid_upto_evm_network_mismatch':
      return 'payment/wrong-network'
    case 'permit2_token_mismatch':
      return 'payment/wrong-asset'
    case 'invalid_permit2_recipient_mismatch':
    case 'permit2_invalid_destination':
      return 'payment/wrong-payee'
    case 'upto_facilitator_mismatch':
    case 'upto_unauthorized_facilitator':
      return 'payment/wrong-facilitator'
    case 'permit2_deadline_expired':
      return 'payment/expired'
    case 'permit2_not_yet_valid':
    case 'permit2_payment_too_early':
      return 'payment/not-yet-valid'
    case 'invalid_permit2_signature':
      return 'payment/bad-signature'
    case 'permit2_allowance_required':
    case 'permit2_2612_amount_mismatch':
    case 'eip2612_spender_not_permit2':
      return 'payment/no-allowance'
    case 'permit2_insufficient_balance':
      return 'payment/underfunded'
    case 'permit2_invalid_nonce':
      return 'payment/replayed'
    default:
      return 'payment/not-settled'
  }
}
