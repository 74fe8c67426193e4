import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { Digest } from '../../../kernel/index.ts'

/** What a client knows by itself, in the order in which it learned it. `intention`: what it wants one answer for. */
export type JournalLine = { at: number; intention: string } & (
  | {
      what: 'signed'
      scheme: string
      /** The payment channel that it is a voucher of. */
      channel?: string
      payer: string
      nonce: Digest
      amountWei: string
      validBefore: number
      header: string
      request: object
    }
  | {
      what: 'answered'
      nonce: Digest
      receipt: { id: Digest; body: Record<string, unknown>; signature: string; signer: string }
      text: string
      tx: string
    }
  | { what: 'refused'; nonce: Digest | undefined; status: number; code: string; retry: boolean }
  | { what: 'broke'; nonce: Digest | undefined; reason: string }
)

export type NewLine = JournalLine extends infer Line ? (Line extends unknown ? Omit<Line, 'at'> : never) : never

/** Append-only, a line a fact, written before the client goes on. */
export function openJournal(file: string): { write: (line: NewLine) => void; close: () => void } {
  const descriptor = openSync(file, 'a', 0o600)
  return {
    write: (line) => void writeSync(descriptor, `${JSON.stringify({ at: Date.now(), ...line })}\n`),
    close: () => closeSync(descriptor),
  }
}

export function readJournal(file: string): JournalLine[] {
  const lines = readFileSync(file, 'utf8').trim()
  return lines === '' ? [] : lines.split('\n').map((line) => JSON.parse(line) as JournalLine)
}
