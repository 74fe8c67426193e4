import { gradGraph } from '../gradGraph.ts'
import { allTargets } from '../llama/target.ts'
import { openGraph } from '../openGraph.ts'
import { tinyLlama } from '../tinyLlama.ts'
import { gradFeeds, randomAdapters, randomRow } from './batch.ts'

/** All outputs of one gradient run on a tiny Llama made in this folder: the same for every caller. */
export async function gradOnce(dir: string): Promise<Record<string, Float32Array>> {
  const { config, weights } = tinyLlama(dir)
  const session = await openGraph(gradGraph(config, weights, { targets: allTargets }).encode(), { dir })
  const lora = randomAdapters(config, { targets: allTargets, adapters: 2, rank: 2 })
  const found = await session.run({ ...gradFeeds([randomRow(config, 20, 5, 3, 1)], 20, 5), ...lora })
  await session.release()
  return Object.fromEntries(
    Object.entries(found).map(([name, value]) => [name, Float32Array.from(value.data as Float32Array)]),
  )
}
