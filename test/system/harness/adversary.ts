import { setTimeout as sleep } from 'node:timers/promises'
import type { AbiEvent, Address } from 'viem'
import type { Chain } from '../../../chain/index.ts'

/** Takes an effect off the chain when it is as deep as may be without being final. */
export type Strike = { name: string; address: Address; event: AbiEvent }
export type Adversary = {
  /** What was taken, with the block that it was in and the length of the reorganisation. */
  struck: { name: string; block: number; blocks: number }[]
  /** One reorganisation at once, of so many blocks. */
  reorganise: (blocks: number) => Promise<void>
  stop: () => Promise<void>
}

/**
 * A chain whose blocks come from others, one each 40 ms, and who replace 9 to 12 of them whenever the next of `strikes` is in
 * the lowest of these: in their order, each once. Blocks and reorganisations come from one loop, so that none is lost.
 */
export function openAdversary(chain: Chain, strikes: readonly Strike[]): Adversary {
  const rpc = (method: string, ...params: unknown[]) => chain.reader.request({ method, params } as never)
  const head = async () => Number(await chain.reader.getBlockNumber({ cacheTime: 0 }))
  const struck: Adversary['struck'] = []
  const asked: { blocks: number; done: () => void }[] = []
  const ending = { isOver: false }

  const strike = async ({ name, address, event }: Strike) => {
    const logs = await chain.reader.getLogs({ address, event, fromBlock: chain.fromBlock, toBlock: 'latest' })
    const block = Number(logs.at(-1)?.blockNumber ?? -1)
    if (block < 0) return
    // What is sent now waits for the next block.
    await rpc('evm_setAutomine', false)
    // Three less than could be: who waits for a time has a local chain mine blocks meanwhile.
    const missing = block + chain.confirmations - 4 - (await head())
    if (missing > 0) await rpc('anvil_mine', missing)
    const blocks = (await head()) - block + 1
    await rpc('anvil_reorg', blocks, [])
    await rpc('evm_setAutomine', true)
    struck.push({ name, block, blocks })
  }
  const loop = async () => {
    while (!ending.isOver) {
      const now = asked.shift()
      if (now !== undefined) {
        await rpc('anvil_reorg', now.blocks, [])
        now.done()
      }
      await rpc('anvil_mine', 1)
      const next = strikes[struck.length]
      if (next !== undefined) await strike(next)
      await sleep(40)
    }
  }
  const running = loop()
  return {
    struck,
    reorganise: (blocks) => new Promise((done) => asked.push({ blocks, done })),
    stop: () => ((ending.isOver = true), running),
  }
}
