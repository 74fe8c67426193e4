import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
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
