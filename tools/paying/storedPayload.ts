import type { PaymentPayload } from '../../chain/index.ts'
import { toWire } from '../faces/wire.ts'

/** Extensions without which a payment can't be settled; the others, which clients send back whole, are several times its size. */
const settling = new Set(['eip2612GasSponsoring', 'erc20ApprovalGasSponsoring'])

/** A signed payment as it is stored: the same payment gives the same text, so that a copy can be told from a forgery. */
export function writePayload({ extensions = {}, ...payload }: PaymentPayload): string {
  const kept = Object.entries(extensions).filter(([name]) => settling.has(name))
  return toWire(kept.length > 0 ? { ...payload, extensions: Object.fromEntries(kept) } : payload)
}

export function readPayload(text: string): PaymentPayload {
  return JSON.parse(text) as PaymentPayload
}
