import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { contractFiles } from './contractFiles.ts'
import { deviceStamp, gpuTrainBlock } from './contract.ts'
import { gpuPlan } from './gpuPlan.ts'
import { namedRecipe } from '../train/namedRecipes.ts'

const dir = join(import.meta.dirname, 'tributary_gpu', 'contract')

test('schemas and golden values of the Python side are those of today: else run node models/gpu/writeContract.ts', async () => {
  const files = await contractFiles()
  expect(readdirSync(dir).toSorted()).toEqual(Object.keys(files).toSorted())
  expect(Object.keys(files)).toHaveLength(8)
  for (const [name, text] of Object.entries(files)) expect(readFileSync(join(dir, name), 'utf8'), name).toBe(text)
})

test('a folder outside the home is no place of a run, and a field that the worker does not know is refused', () => {
  const digest = `0x${'ab'.repeat(32)}`
  const block = { v: 1, plan: digest, from: 0, to: 4, start: digest }
  expect(gpuTrainBlock.input.safeParse({ ...block, dir: 'training/00ff' }).success).toBe(true)
  for (const dir of ['../x', '/etc', 'training/../../x', 'training//x', '.hidden', ''])
    expect(gpuTrainBlock.input.safeParse({ ...block, dir }).success, dir).toBe(false)
  expect(gpuTrainBlock.input.safeParse({ ...block, dir: 'a', lr: 1 }).success).toBe(false)
  expect(deviceStamp.safeParse({ v: 1, device: 'cuda' }).success).toBe(false)
})

test('a plan for a worker may name projections that a Llama lacks; everything else is the recipe of everyone', () => {
  const id = `0x${'01'.repeat(32)}`
  const row = { id, prompt: [1], answer: [2] }
  const recipe = { ...namedRecipe('quick'), targets: ['c_attn'] }
  const plan = {
    v: 2,
    base: id,
    recipe,
    samples: [{ ...row, group: 0 }],
    heldOut: [row],
    validation: [],
    variants: [-1],
  }
  expect(gpuPlan.safeParse({ ...plan, skipped: [] }).success).toBe(true)
  expect(gpuPlan.safeParse({ ...plan, skipped: [], recipe: { ...recipe, rank: 65 } }).success).toBe(false)
  expect(gpuPlan.safeParse({ ...plan, skipped: [], recipe: { ...recipe, more: 1 } }).success).toBe(false)
})
