import type { InferenceSession } from 'onnxruntime-node'
import { openGraph, packedBytes, type Graph, type OpenGraphOptions } from '../graph/index.ts'

type Open = { readonly session: Promise<InferenceSession>; readonly bytes: number }

/**
 * Sessions by name, opened at their first use. Each keeps a packed copy of the matrices that it multiplies with; when
 * all of them together would be over `mostBytes`, those not used for longest are closed, never the one asked for.
 */
export class GraphSessions {
  /** In the order of use, the last used last. */
  readonly #open = new Map<string, Open>()
  readonly #options: OpenGraphOptions
  readonly #mostBytes: number

  constructor(options: OpenGraphOptions, { mostBytes = 1.5 * 2 ** 30 }: { mostBytes?: number } = {}) {
    this.#options = options
    this.#mostBytes = mostBytes
  }

  /** Ask between two runs only: a session that is closed must not be running. */
  async get(name: string, build: () => Graph): Promise<InferenceSession> {
    const known = this.#open.get(name) ?? (await this.#make(build()))
    this.#open.delete(name)
    this.#open.set(name, known)
    return known.session.catch((error: unknown) => {
      this.#open.delete(name)
      throw error
    })
  }

  /** Names of the open sessions, the last used last. */
  get names(): string[] {
    return [...this.#open.keys()]
  }

  async #make(graph: Graph): Promise<Open> {
    const bytes = packedBytes(graph)
    for (const [name, { session }] of this.#open) {
      const held = Array.from(this.#open.values(), (open) => open.bytes).reduce((sum, size) => sum + size, 0)
      if (held + bytes <= this.#mostBytes) break
      this.#open.delete(name)
      await session.then((opened) => opened.release()).catch(() => undefined)
    }
    return { session: openGraph(graph.encode(), this.#options), bytes }
  }
}
