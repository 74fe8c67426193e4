import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { auditorRequest } from './gating/auditorRequest.ts'
import { receiptProof } from './proving/receiptProof.ts'

export const proveReceipt = defineTool({
  name: 'prove_receipt',
  summary:
    'Hand out what proves one paid answer to an outsider: signed receipt, signed scores, rule, and the way to the epoch’s evidence root on chain. It quotes no text; tributary verify-proof checks it without this server.',
  effect: 'read',
  open: true,
  input: z.object({ receipt: digestString, auditor: auditorRequest }),
  output: receiptProof,
})
