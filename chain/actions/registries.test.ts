import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestText, type Address } from '../../kernel/index.ts'
import { openTestChain, type TestChain } from '../testChain.ts'
import { commitBatch } from './commitBatch.ts'
import { drawSeed } from './drawSeed.ts'
import { publishVersion, readVersion } from './publishVersion.ts'
import { readModel, registerModel } from './registerModel.ts'

let node: TestChain
beforeAll(async () => {
  node = await openTestChain()
})
afterAll(() => node.close())

const datanet = digestText('datanet')
const version = {
  datanet,
  root: digestText('version'),
  licences: digestText('licences'),
  card: digestText('card'),
  samples: 512,
}
const model = {
  adapter: digestText('adapter'),
  base: digestText('base'),
  datanet: version.root,
  recipe: digestText('recipe'),
  counterfactuals: digestText('counterfactuals'),
  card: digestText('model card'),
  licences: digestText('licences'),
  rule: digestText('rule'),
  modelOwner: `0x${'a1'.repeat(20)}` as Address,
}

test('a batch, a version and a model are recorded once each, and found by a second call', async () => {
  const { chain } = node
  const batch = { datanet, root: digestText('batch'), count: 3 }
  const calls = [
    () => commitBatch(chain, batch),
    () => publishVersion(chain, version),
    () => registerModel(chain, model),
  ]
  for (const call of calls) {
    const first = await call()
    expect(first.sent).toBe(true)
    expect(await call()).toEqual({ ...first, sent: false })
  }
  expect(await readVersion(chain, version.root)).toMatchObject({ ...version, index: 0 })
  expect(await readModel(chain, model.adapter)).toMatchObject(model)
})

test('nothing recorded is ever changed: other contents under the same root are refused', async () => {
  const { chain } = node
  const code = 'chain/recorded-differently'
  await expect(commitBatch(chain, { datanet, root: digestText('batch'), count: 4 })).rejects.toMatchObject({ code })
  await expect(publishVersion(chain, { ...version, samples: 511 })).rejects.toMatchObject({ code })
  await expect(registerModel(chain, { ...model, recipe: digestText('other') })).rejects.toMatchObject({ code })
  expect((await readModel(chain, model.adapter))?.recipe).toBe(model.recipe)
})

test('a model of an unpublished Datanet version is refused', async () => {
  const stray = { ...model, adapter: digestText('stray'), datanet: digestText('nowhere') }
  await expect(registerModel(node.chain, stray)).rejects.toMatchObject({
    code: 'chain/reverted',
    facts: { error: 'UnknownDatanet', args: [stray.datanet] },
  })
  expect(await readModel(node.chain, stray.adapter)).toBeUndefined()
})

test('a model under a rule that nobody voted for is refused', async () => {
  const stray = { ...model, adapter: digestText('own rule'), rule: digestText('a rule of my own') }
  await expect(registerModel(node.chain, stray)).rejects.toMatchObject({
    code: 'chain/reverted',
    facts: { error: 'RuleNotAdopted', args: [stray.rule] },
  })
  expect(await readModel(node.chain, stray.adapter)).toBeUndefined()
})

test('the seed after a block is the hash of the very next one, whenever it is asked for', async () => {
  const { chain } = node
  const { block } = await publishVersion(chain, { ...version, root: digestText('version 2') })
  const seeds = await Promise.all([drawSeed(chain, block), drawSeed(chain, block)])
  await publishVersion(chain, { ...version, root: digestText('version 3') })
  const later = await drawSeed(chain, block)
  const next = await chain.reader.getBlock({ blockNumber: BigInt(block) + 1n })

  expect(seeds).toEqual([later, later])
  expect(later).toEqual({ block: block + 1, hash: next.hash })
})
