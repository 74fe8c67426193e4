import { and, eq } from 'drizzle-orm'
import type { Address } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { paymentIdentifiers } from '../../schema/index.ts'
import type { PaymentIdentifier } from './saveIdentifier.ts'

/** What a payer's identifier stands for, or undefined. */
export const findIdentifier = defineQuery(
  'findIdentifier',
  async ({ db }, { payer, id }: { payer: Address; id: string }): Promise<PaymentIdentifier | undefined> => {
    const of = payer.toLowerCase() as Address
    const [found] = await db
      .select()
      .from(paymentIdentifiers)
      .where(and(eq(paymentIdentifiers.payer, of), eq(paymentIdentifiers.id, id)))
    return found
  },
)
