import { rm } from 'node:fs/promises'
import { createPublicClient, http } from 'viem'
import { journalOf, readJournal, type JournalLine } from './journal.ts'
import { saveAnvilState } from './saveAnvilState.ts'
import { spawnAnvil } from './spawnAnvil.ts'

/**
 * Makes the state file whole before an anvil is started from it: loads it into one that nobody else sees, sends the transactions
 * of the journal again, block by block in the same second and order, and saves. Blocks get their numbers, transactions and effects
 * back, but another hash: so what depends on the hash of a block (a draw) saves the whole state itself.
 * Where a block does not come out with its transactions, it and what follows is left out, as after a reorganisation.
 * Cost: nothing without a journal; else about a second and 5 ms a block, 17 on a busy machine.
 */
export async function recoverAnvil(stateFile: string): Promise<{ blocks: number }> {
  const lines = await readJournal(stateFile)
  if (lines.length === 0) return { blocks: 0 }
  const anvil = await spawnAnvil({ stateFile })
  try {
    const client = createPublicClient({ transport: http(anvil.url), cacheTime: 0 })
    const ask = client.request as (call: { method: string; params: unknown[] }) => Promise<unknown>
    await ask({ method: 'evm_setAutomine', params: [false] })
    const head = Number(await client.getBlockNumber())
    // What was saved before, or by two processes, is there or comes once.
    const missing: JournalLine[] = []
    for (const line of lines) if (line.n === head + missing.length + 1) missing.push(line)
    // The clock of an anvil begins with its process; no block may be before it.
    if (missing.length > 0) await ask({ method: 'anvil_setTime', params: [missing[0]!.t - 1] })
    for (const { t, txs } of missing) {
      await ask({ method: 'evm_setNextBlockTimestamp', params: [t] })
      // One that is refused is missed by the count below.
      for (const raw of txs) await ask({ method: 'eth_sendRawTransaction', params: [raw] }).catch(() => undefined)
      await ask({ method: 'evm_mine', params: [] })
    }
    const counts = await Promise.all(
      missing.map(({ n }) => client.getBlockTransactionCount({ blockNumber: BigInt(n) })),
    )
    const wrong = missing.findIndex(({ txs }, i) => txs.length !== counts[i])
    const blocks = wrong === -1 ? missing.length : wrong
    if (wrong !== -1) await ask({ method: 'anvil_rollback', params: [missing.length - wrong] })
    await saveAnvilState(client, stateFile)
    await rm(journalOf(stateFile), { force: true })
    return { blocks }
  } finally {
    await anvil.stop('SIGKILL')
  }
}
