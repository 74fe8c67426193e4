import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from 'viem'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { digestText, type Address } from '../../kernel/index.ts'
import { commitBatch } from '../actions/commitBatch.ts'
import { ensureOpen } from '../actions/ensureOpen.ts'
import { readBalance } from '../actions/readBalance.ts'
import { openTestChain, type TestChain } from '../testChain.ts'
import { openFaultyNode, type Fault } from './faultyNode.ts'
import type { Chain } from './openChain.ts'
import { submit } from './submit.ts'
import { untilMined } from './untilMined.ts'

let node: TestChain
beforeAll(async () => {
  node = await openTestChain()
})
afterEach(async () => {
  await node.rpc('evm_setAutomine', true)
  await node.rpc('anvil_dropAllTransactions')
})
afterAll(() => node.close())

const gwei = 10n ** 9n
const datanet = digestText('datanet')
const commit = (chain: Chain, name: string) => commitBatch(chain, { datanet, root: digestText(name), count: 1 })
const hurried = { replaceAfterMs: 400, giveUpAfterMs: 20_000 }

type Pooled = { nonce: Hex; hash: Hex; maxFeePerGas: Hex; maxPriorityFeePerGas: Hex }
/** What waits in the pool, by nonce. */
async function pooled(): Promise<Pooled[]> {
  const pool = (await node.rpc('txpool_content')) as Record<
    'pending' | 'queued',
    Record<string, Record<string, Pooled>>
  >
  return [pool.pending, pool.queued].flatMap((part) => Object.values(part).flatMap((by) => Object.values(by)))
}
const counts = async () => {
  const { address } = node.chain.writer.account
  const of = (blockTag: 'latest' | 'pending') => node.chain.reader.getTransactionCount({ address, blockTag })
  return { latest: await of('latest'), pending: await of('pending') }
}
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let left = 400; left > 0; left--) {
    const found = await look()
    if (found !== undefined) return found
    await sleep(25)
  }
  throw new Error('it never came')
}
/** A transfer of nothing that an earlier process left, for as little as the pool takes. */
const leave = (nonce: number) =>
  node.chain.writer.sendTransaction({
    to: node.chain.writer.account.address,
    nonce,
    gas: 21_000n,
    maxFeePerGas: 2n * gwei,
    maxPriorityFeePerGas: 1n,
  })

describe('a transaction that nobody mines', () => {
  test('is replaced by copies of which each offers at least 12.5 % more, and only one of them is mined', async () => {
    const chain = await node.reopen({ sending: hurried })
    await node.rpc('evm_setAutomine', false)
    const before = await counts()
    const sending = commit(chain, 'stuck')
    const offers: Pooled[] = []
    while (offers.length < 3) {
      const next = await until(async () => (await pooled()).find(({ hash }) => offers.every((it) => it.hash !== hash)))
      offers.push(next)
    }
    await node.rpc('evm_mine')
    const sent = await sending

    for (const [i, offer] of offers.slice(1).entries()) {
      for (const field of ['maxFeePerGas', 'maxPriorityFeePerGas'] as const) {
        expect(BigInt(offer[field]) * 8n).toBeGreaterThanOrEqual(BigInt(offers[i]![field]) * 9n)
      }
    }
    expect(sent.sent).toBe(true)
    expect(offers.at(-1)!.hash).toBe(sent.tx)
    expect((await counts()).latest).toBe(before.latest + 1)
    expect(chain.inFlight.size).toBe(0)
  })

  test('that an earlier process left gives up its nonce to ours, 1 transaction in its place', async () => {
    const chain = await node.reopen({ sending: hurried })
    await node.rpc('evm_setAutomine', false)
    const { latest } = await counts()
    const left = await leave(latest)
    const sending = commit(chain, 'in its place')
    const ours = await until(async () => (await pooled()).find(({ hash }) => hash !== left))
    expect(Number(ours.nonce)).toBe(latest)
    await node.rpc('evm_mine')
    expect((await sending).tx).toBe(ours.hash)
    expect(await counts()).toEqual({ latest: latest + 1, pending: latest + 1 })
  })

  test('and was dropped from the pool is sent again', async () => {
    const chain = await node.reopen({ sending: { ...hurried, replaceAfterMs: 15_000 } })
    await node.rpc('evm_setAutomine', false)
    const sending = commit(chain, 'dropped')
    const [first] = await until(async () => ((found) => (found.length > 0 ? found : undefined))(await pooled()))
    await node.rpc('anvil_dropTransaction', first!.hash)
    expect(await pooled()).toEqual([])
    const again = await until(async () => (await pooled())[0])
    await node.rpc('evm_mine')
    expect([again.hash, (await sending).tx]).toEqual([first!.hash, first!.hash])
  })

  test('within the time to wait is chain/pending with its facts; asked again, it takes its own place', async () => {
    const chain = await node.reopen({ sending: { replaceAfterMs: 300, giveUpAfterMs: 900 } })
    await node.rpc('evm_setAutomine', false)
    const { latest } = await counts()
    await expect(commit(chain, 'given up')).rejects.toMatchObject({
      code: 'chain/pending',
      retry: true,
      facts: { nonce: latest },
    })
    const again = commit(await node.reopen({ sending: hurried }), 'given up')
    await sleep(1_000)
    await node.rpc('evm_mine')
    await again
    expect((await counts()).latest).toBe(latest + 1)
  })
})

describe('a nonce that is missing', () => {
  test('before one that an earlier process left is used by the next transaction', async () => {
    const { latest } = await counts()
    await leave(latest + 1)
    expect(await counts()).toEqual({ latest, pending: latest })
    const { sent } = await commit(node.chain, 'into the gap')
    expect(sent).toBe(true)
    await until(async () => ((await counts()).latest === latest + 2 ? true : undefined))
  })

  test('before one of ours is closed by a transfer of nothing', async () => {
    const chain = await node.reopen({ sending: hurried })
    const { latest } = await counts()
    const to = chain.contracts.openToken
    // Name of the token: any call will do.
    const flight = await submit(chain, { action: 'a call', to, data: '0x06fdde03', nonce: latest + 1 })
    const receipt = await untilMined(chain, flight)
    expect(receipt).toMatchObject({ status: 'success', transactionHash: flight.copies[0]!.hash })
    expect((await counts()).latest).toBe(latest + 2)
  })

  test('taken by another transaction: the effect is looked for again, and sent with the next one', async () => {
    const chain = await node.reopen({ sending: { ...hurried, replaceAfterMs: 15_000 } })
    await node.rpc('evm_setAutomine', false)
    const { latest } = await counts()
    const sending = commit(chain, 'overtaken')
    const ours = await until(async () => (await pooled())[0])
    await node.rpc('anvil_dropTransaction', ours.hash)
    await leave(latest)
    await node.rpc('evm_setAutomine', true)
    await node.rpc('evm_mine')
    expect((await sending).sent).toBe(true)
    expect((await counts()).latest).toBe(latest + 2)
  })
})

describe('a gas price spike', () => {
  const spike = (price: bigint) => node.rpc('anvil_setNextBlockBaseFeePerGas', `0x${price.toString(16)}`)
  afterEach(async () => {
    await spike(gwei)
    await node.rpc('evm_mine')
  })

  test('over the operator’s limit is chain/fee-too-high, and nothing is sent; when it is over, the same call works', async () => {
    const chain = await node.reopen({ sending: { ...hurried, maxFeePerGasWei: 100n * gwei } })
    const { latest } = await counts()
    await spike(300n * gwei)
    await expect(commit(chain, 'dear')).rejects.toMatchObject({
      code: 'chain/fee-too-high',
      retry: true,
      facts: { action: 'committing a batch', askedWei: (300n * gwei).toString(), limitWei: (100n * gwei).toString() },
    })
    expect([await pooled(), (await counts()).latest]).toEqual([[], latest])
    await spike(20n * gwei)
    expect((await commit(chain, 'dear')).sent).toBe(true)
  })

  test('while it waits makes it dearer, up to the limit: 2 gwei, then 40, mined', async () => {
    const chain = await node.reopen({ sending: { ...hurried, maxFeePerGasWei: 500n * gwei } })
    await node.rpc('evm_setAutomine', false)
    await spike(gwei)
    const sending = commit(chain, 'dearer and dearer')
    await until(async () => (await pooled())[0])
    await spike(40n * gwei)
    await until(async () => {
      const [offer] = await pooled()
      return offer !== undefined && BigInt(offer.maxFeePerGas) >= 80n * gwei ? offer : undefined
    })
    await node.rpc('evm_mine')
    const { tx } = await sending
    const { effectiveGasPrice } = await chain.reader.getTransactionReceipt({ hash: tx })
    expect(effectiveGasPrice).toBeGreaterThan(40n * gwei)
  })

  test('beyond the limit while it waits: what was offered stays in the pool, and the caller is told', async () => {
    const limited = { replaceAfterMs: 200, giveUpAfterMs: 1_500, maxFeePerGasWei: 10n * gwei }
    const chain = await node.reopen({ sending: limited })
    await node.rpc('evm_setAutomine', false)
    await spike(gwei)
    const refused = commit(chain, 'too dear by now').catch((error: unknown) => error)
    await until(async () => (await pooled())[0])
    await spike(40n * gwei)
    expect(await refused).toMatchObject({ code: 'chain/fee-too-high', retry: true })
    const [left] = await pooled()
    expect(BigInt(left!.maxFeePerGas)).toBeLessThanOrEqual(10n * gwei)
  })
})

describe('a node that is reached badly', () => {
  const kinds: Fault[] = ['dropBefore', 'dropAfter', 'late', 429, 503]
  test.each(kinds)('every 3rd call %s: 4 effects in 4 transactions, none twice', { timeout: 60_000 }, async (kind) => {
    const faulty = await openFaultyNode(node.anvil.url, (n) => (n > 20 && n % 3 === 0 ? kind : undefined))
    try {
      const chain = await node.reopen({ rpcUrl: faulty.url, sending: hurried })
      const account = `0x${digestText(String(kind)).slice(2, 42)}` as Address
      const { latest } = await counts()
      for (let i = 0; i < 3; i++) expect((await commit(chain, `${kind} ${i}`)).sent).toBe(true)
      await ensureOpen(chain, { account, wei: 7n })
      expect((await counts()).latest).toBe(latest + 4)
      expect(await readBalance(node.chain, account)).toBe(7n)
      expect(faulty.faults()).toBeGreaterThan(4)
    } finally {
      faulty.close()
    }
  })

  test('that answers nothing more is chain/unreachable, and says with which status', async () => {
    let isOff = false
    const faulty = await openFaultyNode(node.anvil.url, () => (isOff ? 429 : undefined))
    try {
      const chain = await node.reopen({ rpcUrl: faulty.url, sending: { ...hurried, giveUpAfterMs: 1_000 } })
      isOff = true
      await expect(commit(chain, 'never')).rejects.toMatchObject({
        code: 'chain/unreachable',
        retry: true,
        facts: { httpStatus: 429 },
      })
    } finally {
      faulty.close()
    }
  })

  test('anvil is killed while a transaction waits, and started again without it: it is sent once more', async () => {
    const chain = await node.reopen({ sending: { ...hurried, replaceAfterMs: 15_000 } })
    const { latest } = await counts()
    await node.rpc('evm_setAutomine', false)
    const sending = commit(chain, 'outlives a kill')
    await until(async () => (await pooled())[0])
    await node.restart('SIGKILL')
    expect((await sending).sent).toBe(true)
    expect((await counts()).latest).toBe(latest + 1)
    expect((await commit(await node.restart('SIGKILL'), 'outlives a kill')).sent).toBe(false)
  })
})
