import { TributaryError } from '../../../kernel/index.ts'
import type { Graph, Val } from '../Graph.ts'
import type { WeightIndex } from './WeightIndex.ts'

/** How a model's tensors enter a graph, by name. */
export type Parameters = (name: string) => Val

/** Tensors stay in the weights file and are frozen. Throws graph/no-tensor, graph/dtype. */
export function frozenParameters(graph: Graph, weights: WeightIndex): Parameters {
  return (name) => {
    const { dtype, shape, offset, length } = entryOf(weights, name)
    if (dtype !== 'F32') {
      throw new TributaryError(`${name} is not of 32-bit floats.`, {
        code: 'graph/dtype',
        facts: { tensor: name, found: dtype, wanted: 'F32' },
        tryThis: 'convert the weights when the model is loaded',
      })
    }
    return graph.weight(name, shape, { location: weights.location, offset, length })
  }
}

/** Tensors are inputs of the graph, so that a gradient can be taken with respect to each; `all` fills as they are used. */
export function trainableParameters(graph: Graph, weights: WeightIndex): { of: Parameters; all: Map<string, Val> } {
  const all = new Map<string, Val>()
  const of: Parameters = (name) => {
    const known = all.get(name)
    if (known) return known
    const value = graph.input(name, 'f32', entryOf(weights, name).shape)
    all.set(name, value)
    return value
  }
  return { of, all }
}

function entryOf(weights: WeightIndex, name: string): WeightIndex['entries'][string] {
  const entry = weights.entries[name]
  if (entry) return entry
  throw new TributaryError(`The weights hold no tensor ${name}.`, {
    code: 'graph/no-tensor',
    facts: { tensor: name, file: weights.location, tensors: Object.keys(weights.entries).length },
    tryThis: 'check that config.json belongs to these weights, and that the model is a Llama',
  })
}
