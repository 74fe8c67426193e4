import { digestString } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'
import { runPlanSchema, type RunPlan } from './runPlan.ts'

/** The plan of a run by its id, which is its digest; read from the blobs and checked. Throws blobs/digest-mismatch. */
export async function readRunPlan({ blobs }: Pick<ToolContext, 'blobs'>, { run }: { run: string }): Promise<RunPlan> {
  const bytes = await blobs.get(digestString.parse(run))
  return runPlanSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
}
