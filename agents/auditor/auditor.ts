import type { z } from 'zod'
import { auditorInput, type agents } from '../../tools/definitions.ts'
import { parseInput } from '../parseInput.ts'
import { auditorGraph } from './auditorGraph.ts'

export type AuditorResult = z.input<typeof agents.auditor.output>

/** The workflow of the auditor: a sample of an epoch recomputed, and what does not hold filed or disputed. */
export async function auditor(input: z.input<typeof auditorInput>): Promise<AuditorResult> {
  const { epoch: asked, count, disputes } = parseInput('auditor', auditorInput, input)
  const { epoch, root, audited, findings, decisions } = await auditorGraph({ asked, count, disputes })
  const of = (verdict: string) => audited.filter((one) => one.verdict === verdict).length
  return {
    epoch,
    root,
    passed: of('PASS'),
    failed: of('FAIL'),
    notReproducible: of('NOT_REPRODUCIBLE'),
    findings,
    decisions,
  }
}
