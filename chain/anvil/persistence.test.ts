import { appendFileSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestText, type Address } from '../../kernel/index.ts'
import { commitBatch } from '../actions/commitBatch.ts'
import { drawSeed } from '../actions/drawSeed.ts'
import { ensureOpen } from '../actions/ensureOpen.ts'
import { readBalance } from '../actions/readBalance.ts'
import { openTestChain, type TestChain } from '../testChain.ts'

let node: TestChain
beforeAll(async () => {
  node = await openTestChain()
})
afterAll(() => node.close())

const datanet = digestText('datanet')
const account = `0x${'c3'.repeat(20)}` as Address

test('20 SIGKILLs of anvil lose none of 20 reported transactions, and none is sent twice', async () => {
  const first = await commitBatch(node.chain, { datanet, root: digestText('batch 0'), count: 1 })
  const seed = await drawSeed(node.chain, first.block)
  const sent = [first]
  for (let i = 1; i < 20; i++) {
    const chain = await node.restart('SIGKILL')
    sent.push(await commitBatch(chain, { datanet, root: digestText(`batch ${i}`), count: 1 }))
  }
  const chain = await node.restart('SIGKILL')

  expect(sent.map(({ sent: isNew }) => isNew)).toEqual(Array.from({ length: 20 }, () => true))
  for (const [i, { tx, block }] of sent.entries()) {
    expect(await commitBatch(chain, { datanet, root: digestText(`batch ${i}`), count: 1 })).toEqual({
      tx,
      block,
      sent: false,
    })
  }
  expect(await drawSeed(chain, first.block)).toEqual(seed)
})

test('20 SIGKILLs lose none of 60 transactions of which the blocks alone were kept: the same in the same blocks and seconds', async () => {
  const state = () => statSync(join(node.home, 'anvil.json')).mtimeMs
  const seen: { tx: Hex; block: number; second: bigint }[] = []
  for (let kill = 0; kill < 20; kill++) {
    const chain = await node.restart('SIGKILL')
    const light = { ...chain, persist: () => chain.persist('blocks') }
    for (let i = 0; i < 3; i++) {
      const before = state()
      const { tx, block, sent } = await commitBatch(light, {
        datanet,
        root: digestText(`light ${kill} ${i}`),
        count: 1,
      })
      expect(sent).toBe(true)
      // The first save after an opening is whole; the others leave the state file alone.
      expect(state() === before).toBe(i > 0)
      await node.rpc('anvil_mine', 2)
      seen.push({ tx, block, second: (await chain.reader.getBlock({ blockNumber: BigInt(block) })).timestamp })
    }
  }
  const chain = await node.restart('SIGKILL')
  for (const { tx, block, second } of seen) {
    const receipt = await chain.reader.getTransactionReceipt({ hash: tx })
    expect([Number(receipt.blockNumber), receipt.status]).toEqual([block, 'success'])
    expect((await chain.reader.getBlock({ blockNumber: BigInt(block) })).timestamp).toBe(second)
  }
  const again = await commitBatch(chain, { datanet, root: digestText('light 19 2'), count: 1 })
  expect(again).toEqual({ tx: seen.at(-1)!.tx, block: seen.at(-1)!.block, sent: false })
})

test('a last line of the journal that a kill has cut is left out, and all before it is made', async () => {
  const light = { ...node.chain, persist: () => node.chain.persist('blocks') }
  await commitBatch(light, { datanet, root: digestText('whole state'), count: 1 })
  const kept = await commitBatch(light, { datanet, root: digestText('kept'), count: 1 })
  const journal = join(node.home, 'anvil.json.journal')
  appendFileSync(
    journal,
    readFileSync(journal, 'utf8')
      .trimEnd()
      .slice(0, -7)
      .replaceAll(/"n":[0-9]+/g, `"n":${kept.block + 1}`),
  )
  const chain = await node.restart('SIGKILL')
  expect(existsSync(journal)).toBe(false)
  expect(await commitBatch(chain, { datanet, root: digestText('kept'), count: 1 })).toEqual({ ...kept, sent: false })
})

test('a transaction that was mined but not yet on disk is gone after a SIGKILL, and sent anew', async () => {
  const forgetful = { ...node.chain, persist: async () => {} }
  await ensureOpen(forgetful, { account, wei: 5n })
  const chain = await node.restart('SIGKILL')

  expect(await readBalance(chain, account)).toBe(0n)
  await ensureOpen(chain, { account, wei: 5n })
  await ensureOpen(chain, { account, wei: 5n })
  expect(await readBalance(await node.restart('SIGKILL'), account)).toBe(5n)
})

test('a chain whose state file was lost is told from the one that was deployed to', async () => {
  const file = join(node.home, 'anvil.json')
  expect(existsSync(file)).toBe(true)
  rmSync(file)
  await expect(node.restart('SIGKILL')).rejects.toMatchObject({ code: 'chain/deployment-lost' })
})
