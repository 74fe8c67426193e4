import { digestString, TributaryError } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'
import { runPlanSchema, type RunPlan } from './runPlan.ts'

/** What stands for the run of a model that nobody here trained. */
export const resoldRun = 'upstream/'

/**
 * The plan of a run by its id, which is its digest; read from the blobs and checked.
 * Throws tools/no-run for a model of others, blobs/digest-mismatch, tools/other-version.
 */
export async function readRunPlan({ blobs }: Pick<ToolContext, 'blobs'>, { run }: { run: string }): Promise<RunPlan> {
  if (run.startsWith(resoldRun)) {
    throw new TributaryError('This model was not trained here: it is resold, and its answers are traced verbatim.', {
      code: 'tools/no-run',
      facts: { run },
      tryThis: 'look at the provenance of its answers: tributary tools trace-answer --receipt RECEIPT',
    })
  }
  const bytes = await blobs.get(digestString.parse(run))
  const parsed = runPlanSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)))
  if (parsed.success) return parsed.data
  throw new TributaryError('This run was planned by another version of Tributary, which writes its plans otherwise.', {
    code: 'tools/other-version',
    facts: { run, issues: parsed.error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.')}: ${message}`) },
    tryThis: 'go back to the version that planned it, or train again: a new run costs what preview_training says',
  })
}
