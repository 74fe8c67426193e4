import { open } from 'node:fs/promises'
import { residentRows, type AttributionEngine, type AttributionMethod } from '../../attribution/index.ts'
import { recipeLayout } from '../../models/index.ts'
import type { Digest } from '../../kernel/index.ts'
import type { AdapterWithFiles } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import type { RunPlan } from '../training/runPlan.ts'
import { influenceReader } from './influenceReader.ts'
import { resident } from './resident.ts'

const mostResidentBytes = 128 * 2 ** 20

/**
 * The split inside groups that every answer gets at once: by the influence vectors that training left. Up to 128 MiB of them
 * are checked and read once and kept (resident); more are checked and read for every answer. Throws blobs/*.
 */
export async function sampleInfluenceOf(
  { blobs, engine }: Pick<ToolContext, 'blobs' | 'engine'>,
  adapter: AdapterWithFiles,
  plan: RunPlan,
  by: AttributionEngine,
): Promise<AttributionMethod> {
  const digest = adapter.files['influence'] as Digest
  const samples = plan.samples.length
  const parameters = recipeLayout(plan.recipe, engine.base.config).length
  const bytes = 4 * samples * parameters
  if (bytes > mostResidentBytes) {
    const file = await blobs.verifiedPath(digest)
    return by.fallback({ influence: influenceReader(file, { count: samples, parameters }), samples })
  }
  return resident(blobs, { key: `influence ${by.digest} ${digest}`, bytes }, async () => {
    const file = await open(await blobs.verifiedPath(digest), 'r')
    try {
      const influence = residentRows(samples, parameters)
      const { rows } = influence
      await file.read(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength), 0, rows.byteLength, 0)
      return by.fallback({ influence, samples })
    } finally {
      await file.close()
    }
  })
}
