import { refusal, type PaymentScheme } from '../../chain/index.ts'
import type { ToolContext } from '../context.ts'

/** The way to pay with this id, among those that are on. Throws payment/wrong-scheme. */
export function schemeOf({ schemes }: Pick<ToolContext, 'schemes'>, id: string): PaymentScheme {
  const found = schemes.find((scheme) => scheme.id === id)
  if (found === undefined) throw refusal('payment/wrong-scheme', { taken: schemes.map((scheme) => scheme.id), got: id })
  return found
}
