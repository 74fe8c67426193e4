import { z } from 'zod'
import { addressString, attributionSchema, digestString, receiptSchema, revenueRuleSchema } from '../../kernel/index.ts'

const hexBytes = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]*$/)])

/**
 * Everything that an outsider needs to check one paid answer against an epoch's evidence root on chain: the signed receipt, the
 * signed scores that it was paid by, the rule, and the way from its leaf to the root. It quotes no text.
 */
export const receiptProof = z.object({
  v: z.literal(1),
  kind: z.literal('tributary/receipt-proof'),
  chainId: z.int(),
  vault: addressString.describe('the RewardVault that holds the root'),
  epoch: z.int().min(1),
  id: digestString.describe('digest of the receipt'),
  receipt: receiptSchema,
  receiptSignature: hexBytes,
  server: addressString,
  attribution: attributionSchema.nullable().describe('null: of a gated Datanet, shown by its digest alone'),
  scores: digestString.describe('digest of the attribution'),
  adapterSet: digestString,
  scoresSignature: hexBytes,
  attributor: addressString,
  rule: revenueRuleSchema,
  history: digestString.describe('digest of the archived history of the attribution'),
  proof: z.object({ index: z.int().min(0), size: z.int().min(1), path: z.array(digestString) }),
})
export type ReceiptProof = z.output<typeof receiptProof>
