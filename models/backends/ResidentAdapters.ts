import { posix } from 'node:path'
import { TributaryError, type Digest } from '../../kernel/index.ts'
import type { PeftFiles } from '../adapters/encodePeft.ts'
import type { EngineApi, ModelCard } from './EngineApi.ts'
import type { ServeConfig } from './serveConfig.ts'
import { shelveAdapter } from './shelveAdapter.ts'

/** Reads the two files of an adapter, whatever they are: they are compared with the digest here. */
export type ReadPeftFiles = (digest: Digest) => Promise<PeftFiles>

type Resident = { ready: Promise<void>; users: number }
type Place = Pick<ServeConfig, 'adapterDir' | 'adapterDirThere' | 'base' | 'resident'>

/**
 * The adapters that an engine holds for us, by digest: the name under which it knows one is the digest of its files, so
 * a name never means other weights. Loaded when first used, once however many ask at once; beyond `resident` the least
 * recently used that nobody uses is unloaded. What another gateway unloaded is loaded again.
 */
export class ResidentAdapters {
  readonly #api: EngineApi
  readonly #config: Place
  readonly #read: ReadPeftFiles
  /** Least recently used first. */
  readonly #held = new Map<Digest, Resident>()
  /** Loading and unloading of one adapter come one after the other. */
  readonly #last = new Map<Digest, Promise<unknown>>()

  constructor(api: EngineApi, config: Place, read: ReadPeftFiles) {
    this.#api = api
    this.#config = config
    this.#read = read
  }

  /**
   * Runs `work` while the engine holds the adapter. Where it returns undefined, the engine has lost it, and the next use
   * loads it again. Throws models/serve-adapter-changed, models/serve-adapter-differs.
   */
  async use<T>(digest: Digest, work: () => Promise<T | undefined>): Promise<T | undefined> {
    const resident = this.#held.get(digest) ?? this.#start(digest)
    this.#held.delete(digest)
    this.#held.set(digest, resident)
    resident.users++
    try {
      await resident.ready
      const result = await work()
      if (result === undefined) this.#forget(digest, resident)
      return result
    } finally {
      resident.users--
      // More than fit were in use at once.
      void this.#makeRoom()
    }
  }

  #forget(digest: Digest, resident: Resident): void {
    if (this.#held.get(digest) === resident) this.#held.delete(digest)
  }

  #start(digest: Digest): Resident {
    const ready = this.#inTurn(digest, async () => {
      await this.#makeRoom()
      await this.#load(digest)
    })
    const resident = { ready, users: 0 }
    ready.catch(() => this.#forget(digest, resident))
    return resident
  }

  async #makeRoom(): Promise<void> {
    const surplus = this.#held.size - this.#config.resident
    const idle = [...this.#held].filter(([, { users }]) => users === 0).slice(0, Math.max(0, surplus))
    for (const [digest] of idle) this.#held.delete(digest)
    // One that cannot be unloaded costs the engine memory, and nobody an answer.
    for (const [digest] of idle)
      await this.#inTurn(digest, () => this.#api.unloadAdapter(digest)).catch(() => undefined)
  }

  async #load(digest: Digest): Promise<void> {
    await shelveAdapter(this.#config.adapterDir, digest, await this.#read(digest))
    const path = posix.join(this.#config.adapterDirThere, digest)
    const isNew = await this.#api.loadAdapter(digest, path)
    const card = await this.#card(digest)
    if (this.#isOurs(card, path)) return
    if (!isNew) {
      // Somebody gave it this name with files of elsewhere: it has to read ours.
      await this.#api.unloadAdapter(digest)
      await this.#api.loadAdapter(digest, path)
      if (this.#isOurs(await this.#card(digest), path)) return
    }
    throw differs(digest, card, path)
  }

  async #card(digest: Digest): Promise<ModelCard | undefined> {
    return (await this.#api.models()).find(({ id }) => id === digest)
  }

  #isOurs(card: ModelCard | undefined, path: string): boolean {
    const parent = card?.parent ?? this.#config.base
    return card?.root === path && parent === this.#config.base
  }

  #inTurn<T>(digest: Digest, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(digest) ?? Promise.resolve()
    const mine = before.then(work, work)
    const settled = mine.then(
      () => undefined,
      () => undefined,
    )
    this.#last.set(digest, settled)
    void settled.then(() => this.#last.get(digest) === settled && this.#last.delete(digest))
    return mine
  }
}

function differs(adapter: Digest, card: ModelCard | undefined, path: string): TributaryError {
  return new TributaryError('The serving engine holds something else under the digest of an adapter.', {
    code: 'models/serve-adapter-differs',
    facts: { adapter, wantedPath: path, foundPath: card?.root ?? null, foundBase: card?.parent ?? null },
    tryThis: 'let nothing else load adapters into this engine; check SERVE_ADAPTER_DIR_THERE and SERVE_BASE_MODEL',
  })
}
