import {
  activationBytes,
  contextLimit,
  gradGraph,
  llamaTensors,
  packedBytes,
  prefixGraph,
  serveGraph,
  type LlamaConfig,
  type WeightIndex,
} from '../graph/index.ts'
import { namedRecipe, recipeNames, type RecipeName } from '../train/namedRecipes.ts'
import { recipeLayout } from '../train/recipe.ts'

/** Bytes of memory, besides some 300 MB of the runtime and the server themselves. */
export type MemoryNeeds = {
  /** Answers in float32: packed weights, and keys and values of 8 answers in the longest context that is served. */
  serve: number
  /** Training by each recipe, with the frozen blocks below it. */
  train: Record<RecipeName, number>
}

const rows = 8
const longestServed = 2_048
// Rows of a gradient batch share so much, unless one row needs more (GradientService).
const activationsAtOnce = 384 * 2 ** 20

/**
 * What a model of this config costs in memory, counted on its own graphs: the runtime packs every matrix that it
 * multiplies with once a session, the embedding stays in the file, and activations are bounded. Cost: the graphs are
 * built, nothing is read; under a second.
 */
export function memoryNeeds(config: LlamaConfig, tied: boolean): MemoryNeeds {
  const weights = emptyWeights(config, tied)
  const context = Math.min(contextLimit(config), longestServed)
  const keyValues =
    2 * 4 * config.num_hidden_layers * config.num_key_value_heads * (config.head_dim ?? 0) * context * rows
  const train = recipeNames.map((name) => {
    const recipe = namedRecipe(name)
    const { modules, fromLayer } = recipeLayout(recipe, config)
    const gradient = packedBytes(gradGraph(config, weights, { projections: modules, hidden: true }))
    const prefix = fromLayer === 0 ? 0 : packedBytes(prefixGraph(config, weights, fromLayer))
    const blocks = config.num_hidden_layers - fromLayer
    const row = activationBytes(config, { tokens: recipe.maxLength, labels: recipe.maxLabels, blocks })
    return [name, gradient + prefix + Math.max(row, Math.min(rows * row, activationsAtOnce))] as const
  })
  return {
    serve: packedBytes(serveGraph(config, weights)) + keyValues,
    train: Object.fromEntries(train) as Record<RecipeName, number>,
  }
}

/** An index of tensors that lie nowhere: enough to build graphs and to count with. */
function emptyWeights(config: LlamaConfig, tied: boolean): WeightIndex {
  let offset = 0
  const entries = [...llamaTensors(config, { tied })].map(([name, shape]) => {
    const entry = { dtype: 'F32', shape, offset, length: 4 * shape.reduce((a, b) => a * b, 1) }
    offset += entry.length
    return [name, entry] as const
  })
  return { location: 'none', entries: Object.fromEntries(entries) }
}
