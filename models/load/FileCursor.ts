import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { TributaryError } from '../../kernel/index.ts'

const windowBytes = 1 << 20

/**
 * Reads a little-endian binary file forwards. Every length that the file claims is compared with what is left of it
 * before anything is allocated, so a damaged file costs no more memory than its own size.
 * Throws models/truncated when the file ends early.
 */
export class FileCursor {
  readonly file: string
  readonly size: number
  readonly #fd: number
  #window = Buffer.alloc(0)
  #windowAt = 0
  #at = 0

  constructor(file: string) {
    this.file = file
    this.#fd = openSync(file, 'r')
    this.size = fstatSync(this.#fd).size
  }

  get at(): number {
    return this.#at
  }

  get left(): number {
    return this.size - this.#at
  }

  close(): void {
    closeSync(this.#fd)
  }

  /** Refuses when fewer than `bytes` are left. */
  need(bytes: number, what: string): void {
    if (Number.isSafeInteger(bytes) && bytes >= 0 && bytes <= this.left) return
    throw new TributaryError(`The file ends before its ${what}.`, {
      code: 'models/truncated',
      facts: { file: this.file, sizeBytes: this.size, atByte: this.#at, neededBytes: bytes, what },
      tryThis: 'fetch the file again and compare its sha-256',
    })
  }

  /** The next bytes: a view that is valid until the next read. */
  bytes(length: number, what: string): Buffer {
    this.need(length, what)
    const from = this.#at - this.#windowAt
    this.#at += length
    if (from >= 0 && from + length <= this.#window.length) return this.#window.subarray(from, from + length)
    this.#windowAt = this.#at - length
    const window = Buffer.allocUnsafe(Math.min(Math.max(length, windowBytes), this.size - this.#windowAt))
    this.#window = window.subarray(0, readFully(this.#fd, window, this.#windowAt))
    if (this.#window.length < length) this.need(this.left + 1, what)
    return this.#window.subarray(0, length)
  }

  u32(what: string): number {
    return this.bytes(4, what).readUInt32LE()
  }

  /** An unsigned 64-bit count or offset; one beyond 2^53 can't fit in any file and counts as truncated. */
  u64(what: string): number {
    const value = this.bytes(8, what).readBigUInt64LE()
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) this.need(Number.POSITIVE_INFINITY, what)
    return Number(value)
  }

  /** A length in 64 bits, then so many bytes of UTF-8. */
  text(what: string): string {
    return this.bytes(this.u64(what), what).toString('utf8')
  }

  /** Fills `into` from a place in the file, without moving. */
  readAt(into: Uint8Array, at: number, what: string): void {
    if (readFully(this.#fd, into, at) === into.length) return
    this.#at = this.size
    this.need(into.length, what)
  }
}

function readFully(fd: number, into: Uint8Array, at: number): number {
  let done = 0
  while (done < into.length) {
    const got = readSync(fd, into, done, into.length - done, at + done)
    if (got === 0) break
    done += got
  }
  return done
}
