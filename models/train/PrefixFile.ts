import { existsSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Engine } from '../engine/Engine.ts'
import type { EncodedRow } from './EncodedRow.ts'
import { writeAtomic } from '../load/writeAtomic.ts'

const rowsAtOnce = 16

/** States that enter the first adapted block, one after the other in the order of the rows, computed once for a run. */
export class PrefixFile {
  readonly #file: string
  readonly #lengths: readonly number[]
  readonly #offsets: readonly number[]
  readonly #bytes: number

  constructor(file: string, rows: readonly EncodedRow[], hiddenSize: number) {
    this.#file = file
    this.#lengths = rows.map((row) => row.paddedLength * hiddenSize)
    let at = 0
    this.#offsets = this.#lengths.map((length) => {
      const offset = at
      at += 4 * length
      return offset
    })
    this.#bytes = at
  }

  /** Computes what is not there yet. Cost: a forward pass of the frozen blocks for each row, once. */
  async make(engine: Engine, rows: readonly EncodedRow[], onRow: (done: number) => void): Promise<void> {
    if (existsSync(this.#file) && statSync(this.#file).size === this.#bytes) return
    const parts: Uint8Array[] = []
    for (let at = 0; at < rows.length; at += rowsAtOnce) {
      const states = await engine.prefixStates(rows.slice(at, at + rowsAtOnce))
      for (const state of states) parts.push(new Uint8Array(state.buffer, state.byteOffset, state.byteLength))
      onRow(Math.min(at + rowsAtOnce, rows.length))
    }
    await writeAtomic(this.#file, parts)
  }

  /** States of some rows; cached by the operating system, not by us. */
  async read(indexes: Iterable<number>): Promise<Map<number, Float32Array>> {
    const handle = await open(this.#file, 'r')
    try {
      const states = new Map<number, Float32Array>()
      for (const index of indexes) {
        const state = new Float32Array(this.#lengths[index]!)
        await handle.read(new Uint8Array(state.buffer), 0, state.byteLength, this.#offsets[index])
        states.set(index, state)
      }
      return states
    } finally {
      await handle.close()
    }
  }
}
