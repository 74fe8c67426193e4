import { z } from 'zod'
import { addressString, digestString } from '../kernel/index.ts'
import { approvalView } from './approving/approvalView.ts'
import { defineTool } from './defineTool.ts'

export const showApproval = defineTool({
  name: 'show_approval',
  summary:
    'Show an action that needs somebody’s word: its canonical text while it waits, and the signed lines about it.',
  effect: 'read',
  input: z.object({ digest: digestString }),
  output: z.object({
    approval: approvalView,
    action: z.string().nullable().describe('RFC 8785 text; the digest is sha-256 of it. Dropped once it is decided'),
    lines: z.array(
      z.object({
        kind: z.string(),
        body: z.string().describe('canonical JSON'),
        digest: digestString,
        signature: z.string(),
        signer: addressString,
        atMs: z.int(),
      }),
    ),
  }),
})
