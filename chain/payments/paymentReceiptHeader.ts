import { encodePaymentResponseHeader } from '@x402/core/http'
import { paymentResponse, type Charged } from './paymentResponse.ts'

/** The PAYMENT-RESPONSE header of x402 v2 for a payment that was charged. */
export function paymentReceiptHeader(charged: Charged): { 'PAYMENT-RESPONSE': string } {
  return { 'PAYMENT-RESPONSE': encodePaymentResponseHeader(paymentResponse(charged)) }
}
