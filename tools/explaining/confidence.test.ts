import { describe, expect, test } from 'vitest'
import { digestText, ppmInteger, type PayeeId } from '../../kernel/index.ts'
import { confidenceOf } from './confidence.ts'
import { sourcesOf } from './sourcesOf.ts'

const evidence = {
  method: 'unroll/1',
  ldsPpm: 951_000,
  lower90Ppm: 912_000,
  fractionPpm: 50_000,
  trainings: 24,
  queries: 16,
}
const split = { sample: 'unroll-epoch/1' }

describe('what is known of the error', () => {
  test('the forward form is exact and says nothing of first-order shares', () => {
    const known = confidenceOf({
      methods: { group: 'counterfactual-forward/1', ...split },
      linearError: { epoch: 3, answers: 8, meanDistancePpm: 41_000, worstDistancePpm: 90_000 },
      rankPpm: 953_000,
      fallback: null,
      evidence: null,
    })
    expect(known.groups).toBe('exact')
    expect(known.words.join(' ')).not.toContain('first-order')
    expect(known.words.join(' ')).toContain('rank correlation of 0.95')
  })

  test('the linear form is first-order: the published error of 8 answers is 4.1 % and 9.0 %, and without one it says so', () => {
    const methods = { group: 'counterfactual-linear/1', ...split }
    const published = { epoch: 3, answers: 8, meanDistancePpm: 41_000, worstDistancePpm: 90_000 }
    const known = confidenceOf({ methods, linearError: published, rankPpm: null, fallback: 'not-replayable', evidence })
    expect(known).toMatchObject({ groups: 'first-order', linearError: published, insideGroups: { rankPpm: null } })
    expect(known.words.join(' ')).toMatch(/8 answers of epoch 3.*4\.1 % on average and 9\.0 % at worst/)
    expect(known.words.join(' ')).toContain('cannot be replayed')
    expect(known.words.join(' ')).toContain('24 trainings without 5.0 % of its samples each')
    expect(known.words.join(' ')).toContain('(LDS) of 0.95, at least 0.91')
    const unknown = confidenceOf({ methods, linearError: null, rankPpm: null, fallback: null, evidence: null })
    expect(unknown.words.join(' ')).toContain('has not been published')
    expect(unknown.words.join(' ')).toContain('not measured')
  })

  test('a method that is no counterfactual adapter is a fallback', () => {
    const methods = { group: 'something-else/1', ...split }
    expect(confidenceOf({ methods, linearError: null, rankPpm: null, fallback: null, evidence: null }).groups).toBe(
      'fallback',
    )
  })
})

describe('sources of an answer', () => {
  const [a, b] = ['npm:a', 'npm:b'] as PayeeId[]
  const ids = ['1', '2', '3'].map((text) => digestText(text))
  const plan = {
    datanet: 'pages',
    datanetRoot: digestText('root'),
    samples: [a, a, b].map((payee, i) => ({ id: ids[i]!, payee: payee! })),
  }
  const ppm = (value: number) => ppmInteger.parse(value)
  const attribution = {
    payees: [
      { payee: a!, scoreMicroNats: 900, sharePpm: ppm(750_000) },
      { payee: b!, scoreMicroNats: -100, sharePpm: ppm(0) },
    ],
    top: [
      { sample: ids[1]!, payee: a!, scoreMicroNats: 800, sharePpm: ppm(700_000) },
      { sample: ids[0]!, payee: a!, scoreMicroNats: 90, sharePpm: ppm(50_000) },
    ],
  }

  test('by contributor: 2 with their counts; by Datanet: 1 with the sums; by sample: those that are named, at most top', () => {
    expect(sourcesOf('contributor', attribution, plan, 5)).toEqual([
      { id: a, name: a, samples: 2, scoreMicroNats: 900, sharePpm: 750_000 },
      { id: b, name: b, samples: 1, scoreMicroNats: -100, sharePpm: 0 },
    ])
    expect(sourcesOf('datanet', attribution, plan, 5)).toEqual([
      { id: plan.datanetRoot, name: 'pages', samples: 3, scoreMicroNats: 800, sharePpm: 750_000 },
    ])
    const bySample = sourcesOf('sample', attribution, plan, 1)
    expect(bySample).toEqual([{ id: ids[1], name: a, samples: 1, scoreMicroNats: 800, sharePpm: 700_000 }])
  })
})
