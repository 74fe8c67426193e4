import { z } from 'zod'
import { addressString, digestString, payeeIdString, weiString } from '../../kernel/index.ts'

/** What a vault takes as a claim, and where. */
export const claimProofSchema = z.object({
  v: z.literal(1),
  kind: z.literal('tributary/claim-proof'),
  chainId: z.int(),
  vault: addressString,
  fromBlock: z.int(),
  epoch: z.int(),
  root: digestString,
  payee: payeeIdString,
  cumulativeWei: weiString.describe('all that it ever earned; the vault pays what it has not claimed of that'),
  proof: z.array(digestString),
})
export type ClaimProof = z.output<typeof claimProofSchema>
