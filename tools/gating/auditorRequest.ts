import { z } from 'zod'
import { addressString } from '../../kernel/index.ts'

/** What an auditor of a gated Datanet adds to a request: its signature over auditorText. */
export const auditorRequest = z
  .object({
    address: addressString,
    expiresAtMs: z.int().describe('at most an hour ahead'),
    signature: z
      .string()
      .max(2_000)
      .describe('EIP-191, of: Tributary auditor request, tool, receipt, chain and expiry'),
  })
  .optional()
  .describe('for answers of a gated Datanet: who asks; its text is in docs/epochs.md')
export type AuditorRequest = NonNullable<z.output<typeof auditorRequest>>

/** The text that is signed: good for one tool, one answer, one chain and a short time. */
export function auditorText({
  tool,
  receipt,
  chainId,
  expiresAtMs,
}: {
  tool: string
  receipt: string
  chainId: number
  expiresAtMs: number
}): string {
  return [
    'Tributary auditor request',
    `Tool: ${tool}`,
    `Receipt: ${receipt}`,
    `Chain: ${chainId}`,
    `Expires: ${expiresAtMs}`,
  ].join('\n')
}
