import type { Tokenizer } from '../load/Tokenizer.ts'

/**
 * Text of a growing answer, given out as soon as it is certain: half a character waits for its other bytes, and what may
 * be the beginning of a stop string waits until it is one or is not. An answer is over with the token that completes a
 * stop string; its text ends before it, at the first stop string in the text where there are several.
 *
 * Stop strings are matched on the text, so it does not matter how it was cut into tokens.
 * Cost of a token: decodes the answer so far, and searches what is new of it.
 */
export class AnswerText {
  readonly #tokenizer: Pick<Tokenizer, 'decode'>
  readonly #stops: readonly string[]
  readonly #longest: number
  readonly #ids: number[] = []
  /** Characters that were searched for stop strings, and that were given out. */
  #searched = 0
  #given = ''
  #text = ''
  #end: number | undefined

  constructor(tokenizer: Pick<Tokenizer, 'decode'>, stops: readonly string[] = []) {
    this.#tokenizer = tokenizer
    this.#stops = stops
    this.#longest = Math.max(0, ...stops.map((stop) => stop.length))
  }

  /** Whether a stop string was completed: the answer is over. */
  get isStopped(): boolean {
    return this.#end !== undefined
  }

  /** All of the text so far, with what waits; without a stop string and what follows it. */
  get text(): string {
    return this.#text.slice(0, this.#end)
  }

  /** Text that became certain with this token. */
  push(token: number): string {
    this.#ids.push(token)
    this.#text = this.#tokenizer.decode(this.#ids)
    const whole = this.#text.replace(/\ufffd+$/, '')
    this.#search(whole)
    const certain = whole.slice(0, this.#end ?? whole.length - this.#begun(whole))
    // A tokenizer that takes back what it gave (none that we know does) must not make the stream repeat itself.
    if (!certain.startsWith(this.#given)) return ''
    const fresh = certain.slice(this.#given.length)
    this.#given = certain
    return fresh
  }

  #search(whole: string): void {
    const from = Math.max(0, this.#searched - this.#longest + 1)
    this.#searched = whole.length
    for (const stop of this.#stops) {
      const at = whole.indexOf(stop, from)
      if (at >= 0 && at < (this.#end ?? Infinity)) this.#end = at
    }
  }

  /** Length of the longest end of the text that a stop string begins with. */
  #begun(whole: string): number {
    for (let length = Math.min(this.#longest - 1, whole.length); length > 0; length--) {
      const tail = whole.slice(-length)
      if (this.#stops.some((stop) => stop.startsWith(tail))) return length
    }
    return 0
  }
}
