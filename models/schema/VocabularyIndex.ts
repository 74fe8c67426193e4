import type { GrammarState, GrammarTable } from './GrammarTable.ts'
import { tokenBytes } from './tokenBytes.ts'

/**
 * The tokens of a model by their bytes, in their order, so that those with one beginning are looked at together.
 * Cost of a mask: one step a byte for what is allowed, a skip for what is not; about a millisecond for 49,152 tokens
 * inside a string, where nearly all are allowed.
 */
export class VocabularyIndex {
  readonly #tokens: { id: number; bytes: Uint8Array }[]
  /** How many bytes a token begins with that the one before it begins with too. */
  readonly #shared: Uint16Array
  readonly #eos: number
  readonly #words: number

  /** `size`: logits of the model. Tokens without bytes, as control tokens, are never allowed but for `eos` at the end. */
  constructor(tokenizerJson: unknown, { size, eos }: { size: number; eos: number }) {
    this.#eos = eos
    this.#words = Math.ceil(size / 32)
    this.#tokens = tokenBytes(tokenizerJson)
      .flatMap((bytes, id) => (bytes && bytes.length > 0 && id < size ? [{ id, bytes }] : []))
      .toSorted((a, b) => Buffer.compare(a.bytes, b.bytes))
    this.#shared = Uint16Array.from(this.#tokens, ({ bytes }, i) => {
      const before = this.#tokens[i - 1]?.bytes ?? new Uint8Array()
      let count = 0
      while (count < before.length && before[count] === bytes[count]) count++
      return count
    })
  }

  /** One bit a token, set where it may come next. */
  mask(table: GrammarTable, state: GrammarState): Int32Array {
    if (state.mask) return state.mask
    const mask = new Int32Array(this.#words)
    const allow = (id: number): void => void (mask[id >> 5]! |= 1 << (id & 31))
    // The states along the bytes of the token at hand; a token that begins alike goes on from there.
    const path: GrammarState[] = [state]
    for (let i = 0; i < this.#tokens.length; i++) {
      const { id, bytes } = this.#tokens[i]!
      const shared = this.#shared[i]!
      // The bytes up to `path` were allowed, and the next one was not.
      if (shared >= path.length) continue
      path.length = shared + 1
      let at = shared
      while (at < bytes.length) {
        const next = table.step(path[at]!, bytes[at]!)
        if (!next) break
        path.push(next)
        at++
      }
      if (at === bytes.length) allow(id)
    }
    if (state.isEnd) allow(this.#eos)
    state.mask = mask
    return mask
  }

  bytesOf(token: number): Uint8Array | undefined {
    this.#byId ??= new Map(this.#tokens.map(({ id, bytes }) => [id, bytes]))
    return this.#byId.get(token)
  }

  #byId: Map<number, Uint8Array> | undefined
}
