import { TributaryError } from '../../kernel/index.ts'
import { WorkerLink } from '../engine/WorkerLink.ts'
import type { Constraint } from './Constraint.ts'
import type { SchemaCalls } from './schemaCalls.ts'

/** Every schema that checkSchema lets through compiles in a tenth of this; a mask takes a hundredth. */
const longestMs = 5_000

/**
 * Schemas in a worker of their own: what may come next in an answer is worked out while the model computes the logits,
 * and a schema that takes too long or breaks the library ends that worker and no other.
 */
export class SchemaService {
  readonly #open: SchemaCalls['open']['input']
  #link: WorkerLink<SchemaCalls> | undefined
  #answers = 0

  constructor(open: SchemaCalls['open']['input']) {
    this.#open = open
  }

  /** Throws models/schema. */
  async check(schema: string): Promise<void> {
    const link = this.#started()
    await this.#inTime(link, link.call('compile', { schema }))
  }

  /** A schema that can't be followed is told with the first mask. */
  start(schema: string): Constraint {
    const link = this.#started()
    const id = this.#answers++
    let next = this.#inTime(link, link.call('start', { id, schema }))
    next.catch(ignore)
    return {
      mask: async (logits) => masked(logits, await next),
      accept: (token) => {
        next = this.#inTime(link, link.call('accept', { id, token }))
        next.catch(ignore)
      },
      dispose: () => void link.call('end', { id }).catch(ignore),
    }
  }

  async close(): Promise<void> {
    await this.#link?.close()
  }

  // Started by the first schema: most engines never see one.
  #started(): WorkerLink<SchemaCalls> {
    if (this.#link) return this.#link
    const link = new WorkerLink<SchemaCalls>(new URL('./schemaWorker.ts', import.meta.url))
    link.ended.catch(() => {
      if (this.#link === link) this.#link = undefined
    })
    link.call('open', this.#open).catch(ignore)
    this.#link = link
    return link
  }

  async #inTime<T>(link: WorkerLink<SchemaCalls>, work: Promise<T>): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      reject(tooLong())
      link.kill()
    }, longestMs)
    try {
      return await Promise.race([work, late])
    } finally {
      clearTimeout(timer)
    }
  }
}

function masked(logits: Float32Array, bits: Int32Array): Float32Array {
  return logits.map((logit, i) => ((bits[i >> 5]! >>> (i & 31)) & 1 ? logit : -Infinity))
}

function tooLong(): TributaryError {
  return new TributaryError('The schema takes too long to follow.', {
    code: 'models/schema',
    facts: { reason: 'it takes too long', longestMs },
    tryThis: 'take a smaller schema: fewer alternatives, less nesting',
  })
}

function ignore(): void {}
