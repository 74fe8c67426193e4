import { afterAll, beforeAll, expect, test } from 'vitest'
import { addressString } from '../kernel/index.ts'
import { run as checkSamples } from './checkSamples.run.ts'
import { run as contribute } from './contribute.run.ts'
import { run as findDuplicates } from './findDuplicates.run.ts'
import { openTestContext, type TestContext } from './testing/openTestContext.ts'
import { signContributions } from './testing/signContributions.ts'

let edges: TestContext
beforeAll(async () => {
  edges = await openTestContext()
})
afterAll(() => edges.close())

const words = 'A river carries sand and gravel from the hills down to the sea, and leaves them where it slows.'
const prompts = [
  `${words} Why?`,
  `${words} How?`,
  'What is a delta?',
  `${words} When?`,
  'Write to ada.lovelace@riverbank.com now',
]

test('cut after its decisions were stored and tried again, it counts the same 2 duplicates of 4, and those that were rejected before stay out', async () => {
  const ctx = { ...edges.ctx, call: { face: 'test' as const, effectKey: 'c' } }
  const signed = await signContributions(edges.ctx, 'own', prompts)
  await contribute({ ...signed, contributor: addressString.parse(signed.contributor) }, ctx)
  const at = { datanet: 'own', curation: 'curate/own' }
  const { rejected } = await checkSamples({ ...at, from: 0, count: prompts.length }, ctx)
  const first = await findDuplicates({ ...at, except: [] }, ctx)
  expect([rejected, first.checked, first.duplicates, first.clusters]).toEqual([1, 4, 2, 1])
  expect(await findDuplicates({ ...at, except: [] }, ctx)).toEqual(first)
})
