import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digestText, type Address } from '../../kernel/index.ts'
import { commitBatch } from '../actions/commitBatch.ts'
import { drawSeed } from '../actions/drawSeed.ts'
import { ensureOpen } from '../actions/ensureOpen.ts'
import { readBalance } from '../actions/readBalance.ts'
import { openTestChain, type TestChain } from '../testChain.ts'
import type { Chain } from './openChain.ts'
import { sendOnce, type Sent } from './sendOnce.ts'
import { untilFinal } from './untilFinal.ts'
import { viewAt } from './viewAt.ts'

let node: TestChain
let chain: Chain
beforeAll(async () => {
  node = await openTestChain()
  chain = await node.reopen({ confirmations: 12, pollingMs: 10 })
})
afterAll(() => node.close())

const datanet = digestText('datanet')
const commit = (at: Chain, name: string) => commitBatch(at, { datanet, root: digestText(name), count: 1 })
const head = async () => Number(await node.chain.reader.getBlockNumber({ cacheTime: 0 }))
const mine = (blocks: number) => node.rpc('anvil_mine', blocks)
const nonce = () => chain.reader.getTransactionCount({ address: chain.writer.account.address })

let stopped = false
/** Others' blocks come, one each 20 ms, while something is waited for, and but for what `disturb` does. */
async function whileMining<T>(work: Promise<T>): Promise<T> {
  const end = { at: false }
  const ended = work.finally(() => (end.at = true)).catch(() => {})
  for (; !end.at; await sleep(20)) if (!stopped) await mine(1)
  await ended
  return work
}

/** Notes what each call said, and what the chain did in between. */
async function finalAfter(name: string, disturb: (sent: Sent) => Promise<unknown>) {
  const calls: Sent[] = []
  stopped = true
  const work = untilFinal(chain, async (at) => {
    const sent = await commit(at, name)
    if (!at.readsOnly) {
      calls.push(sent)
      if (calls.length === 1) await disturb(sent)
      stopped = false
    }
    return sent
  })
  return { final: await whileMining(work), calls }
}

describe('a reorganisation', () => {
  test.each([1, 3, 12])(
    'of %i blocks that drops an effect: it is sent again, and ends 12 blocks deep',
    async (depth) => {
      const before = await nonce()
      const { final, calls } = await finalAfter(`dropped from ${depth}`, async () => {
        await mine(depth - 1)
        await node.rpc('anvil_reorg', depth, [])
        expect(await commit(viewAt(chain, BigInt(await head())), `dropped from ${depth}`).catch(String)).toContain(
          'deep',
        )
      })
      expect(calls.map(({ sent }) => sent)).toEqual([true, true])
      expect(final).toMatchObject({ tx: calls[1]!.tx, block: calls[1]!.block, sent: false })
      expect(await head()).toBeGreaterThanOrEqual(final.block + 12)
      expect(await nonce()).toBe(before + 1)
    },
  )

  test('that takes the transaction into a later block: nothing is sent again, and the block that stands is told', async () => {
    const { final, calls } = await finalAfter('moved', async ({ tx, block }) => {
      const raw = (await node.rpc('eth_getRawTransactionByHash', tx)) as Hex
      await mine(2)
      await node.rpc('anvil_reorg', 3, [[raw, 2]])
      expect(await head()).toBe(block + 2)
    })
    expect(calls.map(({ sent }) => sent)).toEqual([true])
    expect(final).toEqual({ tx: calls[0]!.tx, block: calls[0]!.block + 2, sent: false })
  })

  test('to a shorter chain, by a snapshot that is gone back to: the effect is sent again', async () => {
    const snapshot = await node.rpc('evm_snapshot')
    const { final, calls } = await finalAfter('reverted', () => node.rpc('evm_revert', snapshot))
    expect(calls.map(({ sent }) => sent)).toEqual([true, true])
    expect((await commit(chain, 'reverted')).block).toBe(final.block)
  })

  test('that drops the second of two effects: both are looked for in their order, 1 of them is sent again', async () => {
    const sent: boolean[] = []
    let disturbed = false
    // No block of others comes between the second effect and what takes it away.
    stopped = true
    const work = untilFinal(chain, async (at) => {
      const two = [await commit(at, 'the first')]
      if (!at.readsOnly && !disturbed) await mine(2)
      two.push(await commit(at, 'the second'))
      if (!at.readsOnly) sent.push(...two.map((it) => it.sent))
      if (!disturbed) {
        disturbed = true
        await node.rpc('anvil_reorg', 2, [])
        stopped = false
      }
      return two
    })
    const [first, second] = await whileMining(work)
    expect(sent).toEqual([true, true, false, true])
    expect(second!.block).toBeGreaterThan(first!.block)
  })
})

test('on a local chain an effect is final when it is mined: 1 call, no block more', async () => {
  let calls = 0
  const before = await head()
  const sent = await untilFinal(node.chain, (at) => (calls++, commit(at, 'local')))
  expect([calls, sent.sent, await head()]).toEqual([1, true, before + 1])
})

test('a draw waits until its block can’t be another any more', async () => {
  const { block } = await commit(chain, 'to draw after')
  const drawn = drawSeed(chain, block)
  await sleep(100)
  await node.rpc('anvil_reorg', 1, [])
  const { hash } = await whileMining(drawn)
  expect(await head()).toBeGreaterThanOrEqual(block + 13)
  expect((await chain.reader.getBlock({ blockNumber: BigInt(block + 1) })).hash).toBe(hash)
})

test('a view of an earlier block shows balances and code of then, and sends nothing', async () => {
  const account = `0x${'d7'.repeat(20)}` as Address
  const before = BigInt(await head())
  await ensureOpen(node.chain, { account, wei: 9n })
  const then = viewAt(chain, before)
  expect([await readBalance(chain, account), await readBalance(then, account)]).toEqual([9n, 0n])
  expect(await then.reader.getBlockNumber({ cacheTime: 0 })).toBe(before)
  expect(await viewAt(chain, 0n).reader.getCode({ address: chain.contracts.openToken })).toBeUndefined()
  await expect(ensureOpen(then, { account, wei: 9n })).rejects.toMatchObject({ code: 'chain/not-final', retry: true })
})

test('state that is seen before its log is asked for again, 4 times at most', async () => {
  let looks = 0
  const { TributaryError } = await import('../../kernel/index.ts')
  const done = async () => {
    looks++
    if (looks < 3) throw new TributaryError('no log', { code: 'chain/log-missing', tryThis: 'wait' })
    return { tx: '0x1', block: 1 } as const
  }
  const nothing = { action: 'nothing', to: chain.contracts.openToken, data: '0x', abi: [] } as const
  expect(await sendOnce(chain, { ...nothing, done })).toEqual({ tx: '0x1', block: 1, sent: false })
  looks = -9
  await expect(sendOnce(chain, { ...nothing, done })).rejects.toMatchObject({ code: 'chain/log-missing' })
  expect(looks).toBe(-4)
})
