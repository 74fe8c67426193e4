import { expect, it } from 'vitest'
import type { LlamaConfig } from './llama/LlamaConfig.ts'
import { prefixGraph } from './prefixGraph.ts'
import { gradGraph } from './gradGraph.ts'
import { tempDir } from './reference/tempDir.ts'
import { serveGraph } from './serveGraph.ts'
import { tinyLlama } from './tinyLlama.ts'

const { config, weights } = tinyLlama(tempDir())

it.each<[string, Partial<LlamaConfig>]>([
  ['heads that do not divide', { num_attention_heads: 3 }],
  ['an odd head', { head_dim: 7 }],
  ['rotary scaling of a kind it does not know', { rope_scaling: { rope_type: 'longrope', factor: 4 } }],
  ['llama3 rotary scaling without its numbers', { rope_scaling: { rope_type: 'llama3', factor: 8 } }],
  ['another kind of model', { model_type: 'gemma2' }],
  ['GELU', { hidden_act: 'gelu' }],
])('refuses %s as graph/config', (_, change) => {
  expect(() => prefixGraph({ ...config, ...change }, weights, 1)).toThrow(
    expect.objectContaining({ code: 'graph/config' }),
  )
})

it('takes heads of 8 features', () => {
  const small = tinyLlama(tempDir(), { config: { head_dim: 8 } })
  const projections = [{ layer: 0, target: 'q_proj' }] as const
  expect(gradGraph(small.config, small.weights, { projections }).outputs).toHaveLength(3)
  expect(serveGraph(small.config, small.weights, { projections }).outputs).toHaveLength(2)
})

it('refuses a missing tensor as graph/no-tensor, and one of 16 bits as graph/dtype, naming it', () => {
  const name = 'model.layers.1.mlp.up_proj.weight'
  const { [name]: entry, ...others } = weights.entries
  const facts = expect.objectContaining({ tensor: name })
  expect(() => serveGraph(config, { ...weights, entries: others })).toThrow(
    expect.objectContaining({ code: 'graph/no-tensor', facts }),
  )
  const half = { ...weights.entries, [name]: { ...entry!, dtype: 'F16' } }
  expect(() => serveGraph(config, { ...weights, entries: half })).toThrow(
    expect.objectContaining({ code: 'graph/dtype', facts }),
  )
})
