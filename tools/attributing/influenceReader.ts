import { open } from 'node:fs/promises'
import type { RowReader } from '../../attribution/index.ts'

const rowsAtOnce = 64

/** Reads influence vectors [count, parameters] from a file in blocks, so that scoring never holds the event loop for long. */
export function influenceReader(file: string, { count, parameters }: { count: number; parameters: number }): RowReader {
  return async function* () {
    const handle = await open(file, 'r')
    try {
      for (let first = 0; first < count; first += rowsAtOnce) {
        const rows = new Float32Array(Math.min(rowsAtOnce, count - first) * parameters)
        await handle.read(new Uint8Array(rows.buffer), 0, rows.byteLength, first * parameters * 4)
        yield { first, rows }
      }
    } finally {
      await handle.close()
    }
  }
}
