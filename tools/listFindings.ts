import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { finding } from './fileFinding.ts'

export const listFindings = defineTool({
  name: 'list_findings',
  summary: 'List what audits found in an epoch, in the order in which it was filed.',
  effect: 'read',
  input: z.object({ epoch: z.int().min(1) }),
  output: z.object({ findings: z.array(finding.extend({ digest: digestString, filedAt: z.string() })) }),
})
