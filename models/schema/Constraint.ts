import { TributaryError } from '../../kernel/index.ts'
import type { SchemaPart } from './checkSchema.ts'
import { GrammarTable, type GrammarState } from './GrammarTable.ts'
import { schemaGrammar } from './schemaGrammar.ts'
import type { VocabularyIndex } from './VocabularyIndex.ts'

/** What may come next in one answer. */
export type Constraint = {
  /** The logits with -∞ at tokens that may not follow; a copy. Throws models/schema-dead-end. */
  mask(logits: Float32Array): Float32Array
  /** Goes on with a token that was allowed. */
  accept(token: number): void
}

const keptSchemas = 16

/** Constraints of one model. A schema that comes again finds its table, with what earlier answers worked out of it. */
export class Schemas {
  readonly #vocabulary: VocabularyIndex
  readonly #tables = new Map<string, GrammarTable>()

  constructor(vocabulary: VocabularyIndex) {
    this.#vocabulary = vocabulary
  }

  /** `schema` is text that checkSchema let through. */
  start(schema: string): Constraint {
    const table = this.#tableOf(schema)
    let state: GrammarState = table.start
    return {
      mask: (logits) => masked(logits, this.#vocabulary.mask(table, state)),
      accept: (token) => {
        for (const byte of this.#vocabulary.bytesOf(token) ?? []) {
          const next = table.step(state, byte)
          if (!next) throw new Error(`token ${token} was not allowed`)
          state = next
        }
      },
    }
  }

  #tableOf(schema: string): GrammarTable {
    const table = this.#tables.get(schema) ?? new GrammarTable(schemaGrammar(JSON.parse(schema) as SchemaPart))
    // The one that was used last is the last to go.
    this.#tables.delete(schema)
    this.#tables.set(schema, table)
    const [oldest] = this.#tables.keys()
    if (this.#tables.size > keptSchemas && oldest !== undefined) this.#tables.delete(oldest)
    return table
  }
}

function masked(logits: Float32Array, bits: Int32Array): Float32Array {
  let isAny = false
  const allowed = logits.map((logit, i) => {
    if (!((bits[i >> 5]! >>> (i & 31)) & 1)) return -Infinity
    isAny = true
    return logit
  })
  if (isAny) return allowed
  throw new TributaryError('No token of this model fits the schema at this place.', {
    code: 'models/schema-dead-end',
    tryThis: 'ask without the schema: the vocabulary of the model lacks a character of it',
  })
}
