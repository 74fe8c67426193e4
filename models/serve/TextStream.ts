import type { Tokenizer } from '../load/Tokenizer.ts'

/** Text of a growing answer, given out as soon as it is certain: half a character waits for its other bytes. */
export class TextStream {
  readonly #tokenizer: Tokenizer
  readonly #ids: number[] = []
  #given = ''

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer
  }

  /** What the token adds. Cost: decodes the whole answer so far, microseconds at answer length. */
  push(token: number): string {
    this.#ids.push(token)
    const text = this.#tokenizer.decode(this.#ids)
    if (text.endsWith('\ufffd') || !text.startsWith(this.#given)) return ''
    const fresh = text.slice(this.#given.length)
    this.#given = text
    return fresh
  }
}
