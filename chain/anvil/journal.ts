import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Hex, PublicClient } from 'viem'
import { z } from 'zod'

/** A block as it can be made again: its number, its second, and its transactions as they were signed, in their order. */
const lineSchema = z.object({ n: z.int(), t: z.int(), txs: z.array(z.string().regex(/^0x[0-9a-f]+$/)) })
export type JournalLine = z.infer<typeof lineSchema>

export const journalOf = (stateFile: string): string => `${stateFile}.journal`

/**
 * Appends the blocks after `from` to the journal of a state file, up to the newest, and returns its number: what
 * `saveAnvilState` would keep, for a cost that does not grow with history. `recoverAnvil` makes them again at the next start.
 * Cost: one call of the node a block and one a transaction; 500 to 1,000 bytes a transaction.
 */
export async function appendBlocks(
  client: Pick<PublicClient, 'request'>,
  stateFile: string,
  from: number,
): Promise<number> {
  const ask = client.request as (call: { method: string; params: unknown[] }) => Promise<unknown>
  const head = Number(await ask({ method: 'eth_blockNumber', params: [] }))
  const lines: string[] = []
  for (let n = from + 1; n <= head; n++) {
    const block = (await ask({ method: 'eth_getBlockByNumber', params: [`0x${n.toString(16)}`, false] })) as {
      timestamp: Hex
      transactions: Hex[]
    }
    const raws = block.transactions.map((tx) => ask({ method: 'eth_getRawTransactionByHash', params: [tx] }))
    const line: JournalLine = { n, t: Number(block.timestamp), txs: (await Promise.all(raws)) as string[] }
    lines.push(`${JSON.stringify(line)}\n`)
  }
  await mkdir(dirname(stateFile), { recursive: true })
  await appendFile(journalOf(stateFile), lines.join(''), { mode: 0o600 })
  return head
}

/** The blocks of a journal, oldest first. A last line that a kill has cut was never reported, and is left out. */
export async function readJournal(stateFile: string): Promise<JournalLine[]> {
  const text = await readFile(journalOf(stateFile), 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  })
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  return whole.split('\n').flatMap((line) => (line === '' ? [] : [lineSchema.parse(JSON.parse(line))]))
}
