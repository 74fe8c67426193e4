import { TributaryError } from '../../kernel/index.ts'
import type { Place, Rule } from './GrammarBuilder.ts'

/** Rules under way, the innermost first: where each goes on when the one above it is over. */
type Stack = { readonly id: number; readonly next: Place; readonly below: Stack | undefined }
type Position = { place: Place; stack: Stack | undefined }

/** All places where an answer may be, as one row of a table. */
export type GrammarState = {
  /** By byte: undefined is not worked out yet, null is not allowed. */
  readonly next: (GrammarState | null | undefined)[]
  /** The answer may end here. */
  readonly isEnd: boolean
  readonly positions: readonly Position[]
  /** Tokens that may come next, once it was asked for. */
  mask?: Int32Array
}

/** So many states of one schema are kept, up to 9 KB each with its mask; an answer seldom reaches a hundred. */
const keptStates = 1_000

/** So many ways of reading what there is of an answer; schemas of use have some tens. */
const mostPositions = 2_000

/**
 * What may follow in a grammar, byte for byte: the set of places that the bytes so far may have led to, worked out when
 * first needed and kept. Stacks and states are made once each, so equal ones are the same object.
 * Cost of a byte: one look into the table, or, the first time, one pass over the set. Throws models/schema-ambiguous.
 */
export class GrammarTable {
  #states = new Map<string, GrammarState>()
  #stacks = new Map<string, Stack>()
  #madeStacks = 0
  readonly #start: Place

  constructor(rule: Rule) {
    this.#start = rule.start!
  }

  get start(): GrammarState {
    // What answers under way hold of the old table stays good for them.
    if (this.#states.size > keptStates) {
      this.#states = new Map()
      this.#stacks = new Map()
    }
    return this.#stateOf([{ place: this.#start, stack: undefined }])
  }

  step(state: GrammarState, byte: number): GrammarState | null {
    const known = state.next[byte]
    if (known !== undefined) return known
    const reached = state.positions.flatMap(({ place, stack }) =>
      place.bytes.filter(({ from, to }) => byte >= from && byte <= to).map(({ next }) => ({ place: next, stack })),
    )
    const next = reached.length === 0 ? null : this.#stateOf(reached)
    state.next[byte] = next
    return next
  }

  #stateOf(reached: readonly Position[]): GrammarState {
    const seen = new Map<string, Position>()
    let isEnd = false
    const visit = (place: Place, stack: Stack | undefined): void => {
      const key = `${place.id}/${stack?.id ?? ''}`
      if (seen.has(key)) return
      if (seen.size >= mostPositions) throw ambiguous()
      seen.set(key, { place, stack })
      for (const other of place.also) visit(other, stack)
      if (place.call) {
        const { rule, next } = place.call
        // What ends with the rule that it calls needs no place to come back to.
        visit(rule.start!, next.isEnd ? stack : this.#push(next, stack))
      }
      if (!place.isEnd) return
      if (stack) visit(stack.next, stack.below)
      else isEnd = true
    }
    for (const { place, stack } of reached) visit(place, stack)
    const positions = [...seen.entries()].filter(([, { place }]) => place.bytes.length > 0)
    const key = `${positions
      .map(([name]) => name)
      .toSorted()
      .join()}${isEnd ? '!' : ''}`
    const known = this.#states.get(key)
    if (known) return known
    const state: GrammarState = {
      next: Array.from({ length: 256 }),
      isEnd,
      positions: positions.map(([, position]) => position),
    }
    this.#states.set(key, state)
    return state
  }

  #push(next: Place, below: Stack | undefined): Stack {
    const key = `${next.id}/${below?.id ?? ''}`
    const known = this.#stacks.get(key)
    if (known) return known
    const stack = { id: this.#madeStacks++, next, below }
    this.#stacks.set(key, stack)
    return stack
  }
}

function ambiguous(): TributaryError {
  return new TributaryError('The schema lets the answer so far be read in too many ways.', {
    code: 'models/schema-ambiguous',
    facts: { most: mostPositions },
    tryThis: 'let the alternatives of anyOf differ in how they begin',
  })
}
