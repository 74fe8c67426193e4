import { z } from 'zod'
import { addressString, digestString, weiString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const disputeId = z.int().min(1).describe('disputes are numbered from 1 in the order in which they were opened')

export const disputeState = z.object({
  id: z.int(),
  kind: z.enum(['root', 'receipt']),
  state: z
    .enum(['open', 'answered', 'upheld', 'dismissed', 'undecided'])
    .describe('open: the accused may answer; answered: a resolver may decide; the others are ends'),
  epoch: z.int().describe('of the root; 0 for a receipt'),
  challenger: addressString,
  accused: addressString.describe('who proposed the root or signed the receipt'),
  subject: digestString.describe('the root, or the receipt'),
  evidence: digestString.describe('blob of what the challenger says'),
  answer: digestString.nullable().describe('blob of what the accused says'),
  answerUntil: z.int().describe('seconds since 1970'),
  decideUntil: z.int().nullable().describe('seconds since 1970'),
  bondWei: weiString.describe('of each party'),
  slashedWei: weiString,
})

export const disputeStatus = defineTool({
  name: 'dispute_status',
  summary:
    'Say what a dispute is about, who accuses whom, what it waits for and until when, or how it ended. Reads only.',
  effect: 'read',
  open: true,
  input: z.object({ id: disputeId }),
  output: disputeState,
})
