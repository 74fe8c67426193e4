import { afterAll, beforeAll, expect, test } from 'vitest'
import { datanetRegistry } from '../chain/abis/datanetRegistry.ts'
import type { Digest } from '../kernel/index.ts'
import { listContributions, listDatanets, type Contribution } from '../store/index.ts'
import { codeOf } from '../store/testing/codeOf.ts'
import { boundTools } from './boundTools.ts'
import type { ToolContext } from './context.ts'
import { runTool, type BoundTool } from './runTool.ts'
import { openTestContext, type TestContext } from './testing/openTestContext.ts'
import { signContributions } from './testing/signContributions.ts'

let edges: TestContext
beforeAll(async () => {
  edges = await openTestContext()
})
afterAll(() => edges.close())

const tool = boundTools.find(({ definition }) => definition.name === 'contribute') as BoundTool
const contribute = (input: unknown, effectKey: string, ctx: ToolContext = edges.ctx) =>
  runTool(tool, input, { ...ctx, call: { face: 'test', effectKey } })

const signed = (prompts: string[]) => signContributions(edges.ctx, 'own', prompts)

const batchesOnChain = (contributions: Contribution[]) =>
  Promise.all(
    [...new Set(contributions.map(({ batchRoot }) => batchRoot))].map(async (root) => {
      const { chain } = edges.ctx
      const batch = {
        address: chain.contracts.datanetRegistry,
        abi: datanetRegistry.abi,
        functionName: 'batch',
      } as const
      return (await chain.reader.readContract({ ...batch, args: [root] })).count
    }),
  )

test('one sample whose signature is for other terms refuses all of them, and nothing is kept', async () => {
  const good = await signed(['Why is the sea salty?'])
  const other = (await signed(['Why is the moon pale?'])).samples.map((sample) => ({
    ...sample,
    licence: 'Apache-2.0',
  }))
  const both = { ...good, samples: [...good.samples, ...other] }
  expect(await codeOf(contribute(both, 'both'))).toBe('datanets/bad-signature')
  const stranger = { ...good, contributor: `0x${'56'.repeat(20)}` }
  expect(await codeOf(contribute(stranger, 'stranger'))).toBe('datanets/bad-signature')
  expect(await listDatanets(edges.ctx.store, {})).toEqual([])
})

test('cut between store and chain, the same call posts the batch it stored; it adds nothing twice', async () => {
  const { ctx } = edges
  const input = await signed(['Why is the sky blue?', 'Why is grass green?'])
  // `lock` is taken by every transaction of the operator: here none is sent.
  const cut: ToolContext = { ...ctx, chain: { ...ctx.chain, lock: async () => Promise.reject(new Error('killed')) } }
  await expect(contribute(input, 'two', cut)).rejects.toThrow('failed on chain')
  const stored = await listContributions(ctx.store, { datanet: 'own' })
  expect(stored.map(({ batchTx, revealedAtMs }) => [batchTx, revealedAtMs])).toEqual([
    [null, null],
    [null, null],
  ])

  const done = await contribute(input, 'two')
  const after = await listContributions(ctx.store, { datanet: 'own' })
  expect(done).toEqual({
    batchRoot: stored[0]?.batchRoot as Digest,
    transaction: after[0]?.batchTx,
    samples: stored.map(({ sample }) => sample),
  })
  expect(after.every(({ batchTx, revealedAtMs }) => batchTx !== null && revealedAtMs !== null)).toBe(true)
  expect(await batchesOnChain(after)).toEqual([2n])
})

test('samples that are in already come back with their batch; with a new one beside them only that is added', async () => {
  const { ctx } = edges
  const old = await signed(['Why is the sky blue?'])
  const before = await listContributions(ctx.store, { datanet: 'own' })
  expect(await contribute(old, 'again')).toMatchObject({
    batchRoot: before[0]?.batchRoot,
    samples: [before[0]?.sample],
  })
  expect(await contribute(await signed(['Why is the sky blue?', 'Why do owls hoot?']), 'more')).toMatchObject({
    samples: [before[0]?.sample, expect.stringMatching(/^0x/)],
  })
  const after = await listContributions(ctx.store, { datanet: 'own' })
  expect(after).toHaveLength(3)
  expect(await batchesOnChain(after)).toEqual([2n, 1n])
})
