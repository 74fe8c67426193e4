/** A place in a grammar. Bytes lead on; `also` are places reached without one; `call` runs a rule and comes back to its `next`. */
export type Place = {
  readonly id: number
  bytes: { from: number; to: number; next: Place }[]
  also: Place[]
  call?: { rule: Rule; next: Place }
  /** The rule is over here. */
  isEnd?: true
}

export type Rule = { start: Place | undefined }

/** Something that is read and then leads on to a place: made from its end to its beginning. */
export type Part = (next: Place) => Place

/**
 * Grammars over bytes: parts are put together to rules, rules call each other. It is a recursive transition network; the
 * matcher turns what an answer reaches of it into a table.
 */
export class GrammarBuilder {
  #places = 0

  place(): Place {
    return { id: this.#places++, bytes: [], also: [] }
  }

  /** A rule whose part may call the rule itself. */
  rule(part: (rule: Rule) => Part): Rule {
    const rule: Rule = { start: undefined }
    const end = this.place()
    end.isEnd = true
    rule.start = part(rule)(end)
    return rule
  }

  call(rule: Rule): Part {
    return (next) => Object.assign(this.place(), { call: { rule, next } })
  }

  /** Any byte of these ranges, both ends included. */
  oneOf(...ranges: readonly (readonly [number, number])[]): Part {
    return (next) => Object.assign(this.place(), { bytes: ranges.map(([from, to]) => ({ from, to, next })) })
  }

  text(text: string): Part {
    const bytes = [...Buffer.from(text)]
    return this.sequence(...bytes.map((byte) => this.oneOf([byte, byte])))
  }

  sequence(...parts: readonly Part[]): Part {
    return (last) => parts.reduceRight((next, part) => part(next), last)
  }

  choice(...parts: readonly Part[]): Part {
    return (next) => Object.assign(this.place(), { also: parts.map((part) => part(next)) })
  }

  optional(part: Part): Part {
    return (next) => Object.assign(this.place(), { also: [part(next), next] })
  }

  /** At least `least` times and, where it is given, at most `most` times. */
  repeat(part: Part, least: number, most?: number): Part {
    return (last) => {
      let next = last
      if (most === undefined) {
        const loop = this.place()
        loop.also = [part(loop), last]
        next = loop
      } else for (let i = least; i < most; i++) next = Object.assign(this.place(), { also: [part(next), last] })
      for (let i = 0; i < least; i++) next = part(next)
      return next
    }
  }
}
