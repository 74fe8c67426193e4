import { constants, existsSync, statSync } from 'node:fs'
import { open, rename, type FileHandle } from 'node:fs/promises'
import { diskError } from '../load/diskError.ts'
import type { EncodedRow } from './EncodedRow.ts'

const rowsAtOnce = 16

type Frozen = {
  file: string
  rows: readonly EncodedRow[]
  hiddenSize: number
  /** The frozen blocks of the model. */
  compute: (rows: readonly EncodedRow[]) => Promise<Float32Array[]>
  onRow: (done: number) => void | Promise<void>
}

/**
 * States that enter the first adapted block, one after the other in the order of the rows, computed once for a run: when
 * they are first read, so that a run that somebody else trains costs nothing to open.
 */
export class PrefixFile {
  readonly #file: string
  readonly #frozen: Frozen
  readonly #lengths: readonly number[]
  readonly #offsets: readonly number[]
  readonly #bytes: number

  constructor(frozen: Frozen) {
    this.#frozen = frozen
    this.#file = frozen.file
    this.#lengths = frozen.rows.map((row) => row.paddedLength * frozen.hiddenSize)
    let at = 0
    this.#offsets = this.#lengths.map((length) => {
      const offset = at
      at += 4 * length
      return offset
    })
    this.#bytes = at
  }

  /**
   * Computes what is not there yet, 16 rows at a time, each lot on disk before the next: after a kill it goes on there.
   * Cost: a forward pass of the frozen blocks for each row, once. Throws models/disk.
   */
  async make(): Promise<void> {
    if (this.#isWhole()) return
    const { rows, compute, onRow } = this.#frozen
    const part = `${this.#file}.part`
    const handle = await open(part, constants.O_RDWR | constants.O_CREAT).catch((cause: unknown) => {
      throw diskError(part, cause)
    })
    try {
      for (let at = this.#resumeAt((await handle.stat()).size); at < rows.length; at += rowsAtOnce) {
        const states = await compute(rows.slice(at, at + rowsAtOnce))
        await writeStates(handle, states, this.#offsets[at]!).catch((cause: unknown) => {
          throw diskError(part, cause)
        })
        await onRow(Math.min(at + rowsAtOnce, rows.length))
      }
    } finally {
      await handle.close()
    }
    await rename(part, this.#file).catch((cause: unknown) => {
      // Another process may have finished the same bytes first.
      if (!this.#isWhole()) throw diskError(this.#file, cause)
    })
  }

  #isWhole(): boolean {
    return existsSync(this.#file) && statSync(this.#file).size === this.#bytes
  }

  /** The first row to compute, `size` bytes being there. The last lot may not have reached the disk: it is made again. */
  #resumeAt(size: number): number {
    const wholeRows = this.#offsets.filter((offset, i) => offset + 4 * this.#lengths[i]! <= size).length
    return Math.max(0, Math.floor(wholeRows / rowsAtOnce) - 1) * rowsAtOnce
  }

  /** States of some rows; cached by the operating system, not by us. Throws models/disk where they are still to be made. */
  async read(indexes: Iterable<number>): Promise<Map<number, Float32Array>> {
    await this.make()
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

async function writeStates(handle: FileHandle, states: readonly Float32Array[], offset: number): Promise<void> {
  const bytes = Buffer.concat(states.map((state) => new Uint8Array(state.buffer, state.byteOffset, state.byteLength)))
  for (let done = 0; done < bytes.length;) {
    done += (await handle.write(bytes, done, bytes.length - done, offset + done)).bytesWritten
  }
  await handle.sync()
}
