import { hessianFree, type AttributionMethod } from '../../attribution/index.ts'
import { recipeLayout } from '../../models/index.ts'
import type { Digest } from '../../kernel/index.ts'
import type { AdapterWithFiles } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import type { RunPlan } from '../training/runPlan.ts'
import { influenceReader } from './influenceReader.ts'

/** The split inside groups that every answer gets at once: by the influence vectors that training left. Throws blobs/*. */
export async function sampleInfluenceOf(
  { blobs, engine }: Pick<ToolContext, 'blobs' | 'engine'>,
  adapter: AdapterWithFiles,
  plan: RunPlan,
): Promise<AttributionMethod> {
  const file = await blobs.verifiedPath(adapter.files['influence'] as Digest)
  const samples = plan.samples.length
  const parameters = recipeLayout(plan.recipe, engine.base.config).length
  return hessianFree({ influence: influenceReader(file, { count: samples, parameters }), samples })
}
