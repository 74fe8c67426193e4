import { and, eq } from 'drizzle-orm'
import type { Address, Digest } from '../../../kernel/index.ts'
import { payments } from '../../schema/index.ts'

export type Payment = typeof payments.$inferSelect
export type PaymentKey = { payer: Address; nonce: Digest }

/** Addresses are compared in lower case. */
export const lowerCase = (address: Address): Address => address.toLowerCase() as Address

export const isPayment = ({ payer, nonce }: PaymentKey) =>
  and(eq(payments.payer, lowerCase(payer)), eq(payments.nonce, nonce))
