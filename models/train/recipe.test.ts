import { expect, test } from 'vitest'
import { namedRecipe, parseRecipe, recipeDigest, recipeNames, recipeOf, smoothnessOf } from '../index.ts'

test('the 3 named recipes are whole documents of their own digests, and smooth; quick is the default of every field', () => {
  const recipes = recipeNames.map(namedRecipe)
  expect(recipes.map(({ name }) => name)).toEqual(recipeNames)
  expect(new Set(recipes.map(recipeDigest)).size).toBe(3)
  for (const recipe of recipes) expect(smoothnessOf(recipe)).toEqual({ smooth: true, why: [] })
  expect(recipes[0]).toEqual(recipeOf({ name: 'quick' }))
})

test('a recipe with 3 mistakes is models/recipe with a line for each', () => {
  const document = { rank: 0, validation: { keep: 'first' }, learningRate: 0.1 }
  expect(() => parseRecipe(document)).toThrow(
    expect.objectContaining({
      code: 'models/recipe',
      facts: {
        issues: [
          expect.stringMatching(/^rank: /),
          expect.stringMatching(/^validation.keep: /),
          expect.stringMatching(/learningRate/),
        ],
      },
    }),
  )
  const torn = {
    targets: ['q_proj', 'q_proj'],
    maxLength: 16,
    maxLabels: 16,
    validation: { texts: 0, keep: 'best' },
  }
  expect(() => parseRecipe(torn)).toThrow(
    expect.objectContaining({
      facts: {
        issues: [
          expect.stringMatching(/^targets/),
          expect.stringMatching(/^validation.texts/),
          expect.stringMatching(/^maxLabels/),
        ],
      },
    }),
  )
  for (const nothing of [null, 7, 'quick', []]) expect(() => parseRecipe(nothing)).toThrow(/no recipe/)
})

test('a constant rate, no warm-up and an epsilon of 1e-8 are each named as what makes a run rough', () => {
  const rough = recipeOf({ warmupPpm: 0, decay: 'none', epsilonPpb: 10, beta2Ppm: 500_000 })
  const { smooth, why } = smoothnessOf(rough)
  expect(smooth).toBe(false)
  expect(why).toHaveLength(4)
})

test('SGD with momentum is an option that old recipes do not name: no digest changes, and Adam settings make it no rougher', () => {
  expect(recipeDigest(recipeOf({ name: 'quick' }))).toBe(recipeDigest(namedRecipe('quick')))
  expect(namedRecipe('quick')).not.toHaveProperty('sgdMomentumPpm')
  const sgd = recipeOf({ sgdMomentumPpm: 900_000, warmupPpm: 0, epsilonPpb: 10 })
  expect(recipeDigest(sgd)).not.toBe(recipeDigest(recipeOf({ warmupPpm: 0, epsilonPpb: 10 })))
  expect(smoothnessOf(sgd)).toEqual({ smooth: true, why: [] })
  expect(smoothnessOf({ ...sgd, decay: 'none' }).smooth).toBe(false)
  expect(() => parseRecipe({ sgdMomentumPpm: 1_000_000 })).toThrow(expect.objectContaining({ code: 'models/recipe' }))
})
