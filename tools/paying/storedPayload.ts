import type { PaymentPayload } from '../../chain/index.ts'
import { toWire } from '../faces/wire.ts'

/** A signed payment as it is stored: the same payment gives the same text, so that a copy can be told from a forgery. */
export function writePayload(payload: PaymentPayload): string {
  return toWire(payload)
}

export function readPayload(text: string): PaymentPayload {
  return JSON.parse(text) as PaymentPayload
}
