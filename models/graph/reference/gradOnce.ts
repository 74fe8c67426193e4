import { gradGraph } from '../gradGraph.ts'
import { allTargets } from '../llama/target.ts'
import { openGraph } from '../openGraph.ts'
import { tinyLlama } from '../tinyLlama.ts'
import { gradFeeds, projectionsOf, randomAdapters, randomRow, rowFactors } from './batch.ts'

/** All outputs of one gradient run on a tiny Llama made in this folder: the same for every caller. */
export async function gradOnce(dir: string): Promise<Record<string, Float32Array>> {
  const { config, weights } = tinyLlama(dir)
  const layers = config.num_hidden_layers
  const projections = projectionsOf(allTargets, layers)
  const session = await openGraph(gradGraph(config, weights, { projections }).encode(), { dir })
  const lora = randomAdapters(config, { targets: allTargets, adapters: 2, rank: 2 })
  const rows = [randomRow(config, 20, 5, 3, 1)]
  const found = await session.run({ ...gradFeeds(rows, 20, 5), ...rowFactors(lora, rows, { layers }) })
  await session.release()
  return Object.fromEntries(
    Object.entries(found).map(([name, value]) => [name, Float32Array.from(value.data as Float32Array)]),
  )
}
