import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestText, type Address, type Digest } from '../../kernel/index.ts'
import { ensureOpen } from '../actions/ensureOpen.ts'
import { readBalance } from '../actions/readBalance.ts'
import { openFaultyNode } from '../client/faultyNode.ts'
import { submit } from '../client/submit.ts'
import { untilMined } from '../client/untilMined.ts'
import { openTestChain, type TestChain } from '../testChain.ts'
import { readSettlements } from './readSettlements.ts'

let node: TestChain
beforeAll(async () => {
  node = await openTestChain()
})
afterAll(() => node.close())

/** A transfer into the escrow stands for a settlement of whatever scheme. */
async function pay(wei: bigint): Promise<{ tx: Digest; feesWei: bigint; block: number }> {
  const { feeEscrow } = node.chain.contracts
  const before = await readBalance(node.chain, feeEscrow)
  const sent = await ensureOpen(node.chain, { account: feeEscrow, wei: before + wei })
  return { tx: sent!.tx as Digest, feesWei: wei, block: sent!.block }
}

test('a settlement is shallow until 12 blocks are on it, then final, and gone when a reorganisation took it', async () => {
  const chain = await node.reopen({ confirmations: 12 })
  const [early, late] = [await pay(5n), await pay(7n)]
  await node.rpc('anvil_mine', 11)
  const seen = await readSettlements(chain, [early, late])
  expect([...seen.values()]).toEqual([
    { seen: 'final', block: early.block },
    { seen: 'shallow', block: late.block },
  ])
  await node.rpc('anvil_reorg', 12, [])
  const after = await readSettlements(chain, [early, late])
  expect([after.get(early.tx)?.seen, after.get(late.tx)?.seen]).toEqual(['final', 'gone'])
})

test('what moved less than the payments that name it, failed, or paid somebody else is gone', async () => {
  const paid = await pay(5n)
  const elsewhere = await ensureOpen(node.chain, { account: `0x${'e1'.repeat(20)}` as Address, wei: 5n })
  const failing = await submit(node.chain, {
    action: 'a call',
    to: node.chain.contracts.openToken,
    data: '0x06fdde03',
  })
  await untilMined(node.chain, failing)
  const never = digestText('never sent')
  const seen = await readSettlements(node.chain, [
    paid,
    { tx: elsewhere!.tx as Digest, feesWei: 5n },
    { tx: failing.copies[0]!.hash as Digest, feesWei: 1n },
    { tx: never, feesWei: 1n },
  ])
  expect([...seen.values()].map((it) => it.seen)).toEqual(['final', 'gone', 'gone', 'gone'])
  expect((await readSettlements(node.chain, [{ ...paid, feesWei: 6n }])).get(paid.tx)).toEqual({ seen: 'gone' })
})

test('a node that takes no batches is asked one by one: 250 answers all the same', async () => {
  const paid = await pay(1n)
  const asked = Array.from({ length: 249 }, (_, i) => ({ tx: digestText(`tx ${i}`), feesWei: 1n }))
  const faulty = await openFaultyNode(node.anvil.url, (_n, method) => (method === undefined ? 503 : undefined))
  try {
    const chain = await node.reopen({ rpcUrl: faulty.url })
    const seen = await readSettlements(chain, [...asked, paid])
    expect(seen.size).toBe(250)
    expect([...seen.values()].filter((it) => it.seen === 'final')).toHaveLength(1)
    expect(faulty.calls()).toBeGreaterThan(250)
  } finally {
    faulty.close()
  }
  const before = faulty.calls()
  expect((await readSettlements(node.chain, [...asked, paid])).size).toBe(250)
  expect(faulty.calls()).toBe(before)
})
