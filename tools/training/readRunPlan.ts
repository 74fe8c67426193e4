import { digestString, TributaryError } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'
import { runPlanSchema, type RunPlan } from './runPlan.ts'

/**
 * The plan of a run by its id, which is its digest; read from the blobs and checked.
 * Throws blobs/digest-mismatch, tools/other-version.
 */
export async function readRunPlan({ blobs }: Pick<ToolContext, 'blobs'>, { run }: { run: string }): Promise<RunPlan> {
  const bytes = await blobs.get(digestString.parse(run))
  const parsed = runPlanSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)))
  if (parsed.success) return parsed.data
  throw new TributaryError('This run was planned by another version of Tributary, which writes its plans otherwise.', {
    code: 'tools/other-version',
    facts: { run, issues: parsed.error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.')}: ${message}`) },
    tryThis: 'go back to the version that planned it, or train again: a new run costs what preview_training says',
  })
}
