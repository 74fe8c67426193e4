import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { verifyReceipt, type Contracts } from '../../../../chain/index.ts'
import { digestText, type Address, type Receipt } from '../../../../kernel/index.ts'
import { readJournal, type JournalLine } from '../journal.ts'
import type { Books, Signed } from './books.ts'
import { readChain } from './readChain.ts'

export type Sources = {
  journals: string
  databaseUrl: string
  rpcUrl: string
  contracts: Contracts
  server: Address
  /** Where the engines write their logs. */
  logs: string
  fundedWei: bigint
  cutsMs: number[]
}

/** Collects what each side has on record. The database is read by plain SQL, the chain by logs. */
export async function readBooks(sources: Sources): Promise<Books> {
  const { journals, databaseUrl, rpcUrl, contracts, server, logs, fundedWei, cutsMs } = sources
  const lines = readdirSync(journals).map((file) => readJournal(join(journals, file)))
  const signed = lines.flatMap(signedOf)
  const channels = new Map(
    lines
      .flat()
      .flatMap((line) => (line.what === 'signed' && line.channel ? [[line.channel, line.payer.toLowerCase()]] : [])),
  )
  const database = await readDatabase(databaseUrl, server)
  const payees = [...new Set(database.leaves.map(({ payee }) => payee))]
  const payers = [...new Set(signed.map(({ payer }) => payer))]
  const chain = await readChain(rpcUrl, contracts, { payees, payers, channels })
  return { signed, database, chain, fundedWei, runs: runsOf(logs), cutsMs }
}

function signedOf(lines: readonly JournalLine[]): Signed[] {
  const byNonce = new Map<string, Signed>()
  for (const line of lines) {
    if (line.what === 'signed') {
      const { intention, scheme, payer, nonce, amountWei } = line
      byNonce.set(nonce, {
        intention,
        scheme,
        payer: payer.toLowerCase(),
        nonce,
        amountWei: BigInt(amountWei),
        answers: [],
      })
    }
    if (line.what !== 'answered') continue
    const paid = byNonce.get(line.nonce)
    if (paid?.intention !== line.intention)
      throw new Error(`${line.intention}: an answer for a payment that it did not make`)
    paid.answers.push({ ...line.receipt, text: line.text })
  }
  return [...byNonce.values()]
}

type Row = Record<string, string | null>

async function readDatabase(url: string, server: Address): Promise<Books['database']> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    const [payments, receipts, epochs, leaves] = await Promise.all(
      ['payments', 'receipts', 'epochs', 'leaves'].map((table) => sql<Row[]>`select * from ${sql(table)}`),
    )
    const wei = (cell: string | null | undefined) => BigInt(cell ?? 0)
    const number = (cell: string | null | undefined) => (cell === null || cell === undefined ? null : Number(cell))
    return {
      payments: payments!.map((row) => ({
        payer: row['payer']!,
        nonce: row['nonce']!,
        state: row['state']!,
        feeWei: wei(row['fee_wei']),
        receipt: row['receipt'] ?? null,
        epoch: number(row['epoch']),
      })),
      receipts: await Promise.all(receipts!.map((row) => checkedReceipt(row, server))),
      epochs: epochs!.map((row) => ({
        number: Number(row['number']),
        state: row['state']!,
        receivedWei: wei(row['received_wei']),
        paidWei: wei(row['paid_wei']),
        treasuryWei: wei(row['treasury_wei']),
        poolWei: wei(row['pool_wei'] ?? row['carried_wei']),
      })),
      leaves: leaves!.map((row) => ({
        epoch: Number(row['epoch']),
        payee: row['payee']!,
        epochWei: wei(row['epoch_wei']),
        cumulativeWei: wei(row['cumulative_wei']),
      })),
    }
  } finally {
    await sql.end()
  }
}

/** By its bytes: its id is their digest, the server signed it, and it is of the payment that it is stored with. */
async function checkedReceipt(row: Row, server: Address): Promise<Books['database']['receipts'][number]> {
  const [id, body, payer, nonce] = [row['id']!, row['body']!, row['payer']!, row['nonce']!]
  const receipt = JSON.parse(body) as Receipt
  const fits = digestText(body) === id && receipt.payer.toLowerCase() === payer && receipt.nonce === nonce
  const signature = row['signature'] as `0x${string}`
  return { id, payer, nonce, verifies: fits && (await verifyReceipt({ id, receipt, signature }, server)) }
}

function runsOf(logs: string): Books['runs'] {
  const files = readdirSync(logs).filter((file) => file.startsWith('engine-'))
  return files.flatMap((file) =>
    readFileSync(join(logs, file), 'utf8')
      .split('\n')
      .filter((line) => line.includes('"answer made"'))
      .map((line) => JSON.parse(line) as { job: string; time: string })
      .map(({ job: key, time }) => ({ key, atMs: Date.parse(time) })),
  )
}
