import { expect, test } from 'vitest'
import type { AttributionMethod } from './AttributionMethod.ts'
import { attributionMethods } from './attributionMethods.ts'
import { randomRows } from './testing/randomRows.ts'

test('each baseline, bound, is the id, role and family that the registry says, and only words and hidden states are similarity', async () => {
  const { rows, row } = randomRows({ n: 3, p: 4, seed: 2 })
  const samples = 3
  const segments = [{ from: 0, to: 4 }]
  const baselines: AttributionMethod[] = [
    attributionMethods['hessian-free/1'].bind({ influence: rows, samples }),
    attributionMethods['tracin/1'].bind({ checkpoints: [{ rate: 1, rows }], samples }),
    await attributionMethods['datainf/1'].bind({ rows, samples, segments }),
    await attributionMethods['fisher/1'].bind({ rows, samples, parameters: 4 }),
    attributionMethods['gradient-dot/1'].bind({ rows, samples }),
    attributionMethods['hidden-cosine/1'].bind({ rows, samples }),
    attributionMethods['bm25/1'].bind({ documents: [['a'], ['b'], ['a', 'b']] }),
  ]
  const query = { gradient: row(1), checkpointGradients: [row(1)], hidden: row(1), words: ['b', 'b'] }
  for (const method of baselines) {
    const { role, family } = attributionMethods[method.id as keyof typeof attributionMethods]
    expect(method).toMatchObject({ role, family, count: samples })
    const scores = await method.score(query)
    expect(scores).toHaveLength(samples)
    // What a sample asks, that sample helps.
    expect(scores[1], method.id).toBeGreaterThan(0)
  }
  const similar = baselines.filter(({ family }) => family === 'similarity').map(({ id }) => id)
  expect(similar).toEqual(['hidden-cosine/1', 'bm25/1'])
})
