import './polyfills.ts'
import { BaseCheckpointSaver, copyCheckpoint } from '@langchain/langgraph/web'

type Checkpoint = Parameters<typeof copyCheckpoint>[0]
type Tuple = NonNullable<Awaited<ReturnType<BaseCheckpointSaver['getTuple']>>>
type Metadata = NonNullable<Tuple['metadata']>
type Config = Tuple['config']
type Write = [task: string, channel: string, value: unknown]
type Kept = { checkpoint: Checkpoint; metadata: Metadata; parent: string | null }

/** All that a saver holds, as values that a payload can carry. */
export type SavedGraph = {
  kept: [namespace: string, Kept[]][]
  writes: [key: string, [slot: string, Write][]][]
  /** The superstep at which each loop under way reaches its recursion limit. Runs of before have none. */
  stops?: [namespace: string, step: number][]
}

// LangGraph's places for writes of which a task has one at most.
const ownSlot: Record<string, number> = { __error__: -1, __scheduled__: -2, __interrupt__: -3, __resume__: -4 }

/**
 * The checkpointer of a run in the sandbox: keeps the latest checkpoint of the graph and of each subgraph under way, by
 * reference, and the writes that wait on it. What is older is dropped, for Temporal's history is the durable store:
 * memory does not grow with the steps, and no step pays for turning the state into text and back.
 */
export class LatestSaver extends BaseCheckpointSaver {
  readonly #kept: Map<string, Kept[]>
  readonly #writes: Map<string, Map<string, Write>>
  readonly #stops: Map<string, number>
  // Loops that were handed over and have not been taken up again: they go on counting.
  readonly #goingOn: Set<string>
  #isOverLimit = false

  constructor({ kept, writes, stops = [] }: SavedGraph = { kept: [], writes: [] }) {
    super()
    this.#kept = new Map(kept)
    this.#writes = new Map(writes.map(([key, some]) => [key, new Map(some)]))
    this.#stops = new Map(stops)
    this.#goingOn = new Set(this.#stops.keys())
  }

  save(): SavedGraph {
    return {
      kept: [...this.#kept],
      writes: [...this.#writes].map(([key, writes]) => [key, [...writes]]),
      stops: [...this.#stops],
    }
  }

  /** All loops count their supersteps from here, as LangGraph does when a graph is resumed with an answer. */
  countAfresh(): void {
    this.#goingOn.clear()
  }

  /** Whether the graph or a subgraph has come to the superstep at which LangGraph would stop it, had all been one run. */
  isOverLimit(): boolean {
    return this.#isOverLimit
  }

  /** The checkpoints of which tasks wait for an answer: those that asked, not the graphs around them. */
  asking(): Set<string> {
    const asked = [...this.#writes].flatMap(([key, writes]) =>
      [...writes.values()].flatMap(([task, channel]) => (channel === '__interrupt__' ? [{ key, task }] : [])),
    )
    const isAround = (task: string) => asked.some(({ key }) => key.includes(`:${task}`))
    return new Set(asked.flatMap(({ key, task }) => (isAround(task) ? [] : [key])))
  }

  /** Whether a graph has gone on from that checkpoint. */
  isBehind(checkpoint: string): boolean {
    const [namespace = '', id] = checkpoint.split('\n')
    return this.#kept.get(namespace)?.at(-1)?.checkpoint.id !== id
  }

  /** Number of the last superstep of the whole graph, and what its channels hold. */
  latest(): { step: number; values: Record<string, unknown> } {
    const last = this.#kept.get('')?.at(-1)
    return { step: last?.metadata.step ?? -2, values: last?.checkpoint.channel_values ?? {} }
  }

  override async getTuple(config: Config): Promise<Tuple | undefined> {
    const { namespace, id, thread } = placeOf(config)
    const list = this.#kept.get(namespace)
    const found = id === undefined ? list?.at(-1) : list?.find(({ checkpoint }) => checkpoint.id === id)
    // A loop asks for its checkpoint when it begins, and has its limit with it.
    const { recursionLimit } = config
    if (id === undefined && recursionLimit !== undefined && !this.#goingOn.delete(namespace)) {
      this.#stops.set(namespace, (found?.metadata.step ?? -2) + recursionLimit + 2)
    }
    return found && this.#tuple(thread, namespace, found)
  }

  override async *list(config: Config): AsyncGenerator<Tuple> {
    const { namespace, thread } = placeOf(config)
    for (const kept of this.#kept.get(namespace)?.toReversed() ?? []) yield this.#tuple(thread, namespace, kept)
  }

  override async put(config: Config, checkpoint: Checkpoint, metadata: Metadata): Promise<Config> {
    const { namespace, id, thread } = placeOf(config)
    // A channel that is kept as differences is read back along its ancestors, down to one that has it whole.
    const needsAncestors = 'counters_since_delta_snapshot' in metadata
    const before = this.#kept.get(namespace) ?? []
    const fresh = { checkpoint, metadata, parent: id ?? null }
    this.#kept.set(namespace, needsAncestors ? [...before, fresh] : [fresh])
    if (!needsAncestors) for (const old of before) this.#writes.delete(keyOf(namespace, old.checkpoint.id))
    this.#dropSubgraphsBefore(namespace, checkpoint.id)
    if (metadata.step >= (this.#stops.get(namespace) ?? Infinity)) this.#isOverLimit = true
    return configOf(thread, namespace, checkpoint.id)
  }

  override async putWrites(config: Config, writes: [string, unknown][], task: string): Promise<void> {
    const { namespace, id = '' } = placeOf(config)
    const key = keyOf(namespace, id)
    const waiting = this.#writes.get(key) ?? new Map<string, Write>()
    this.#writes.set(key, waiting)
    for (const [i, [channel, value]] of writes.entries()) {
      const slot = ownSlot[channel] ?? i
      const at = `${task},${slot}`
      if (slot < 0 || !waiting.has(at)) waiting.set(at, [task, channel, value])
    }
  }

  override async deleteThread(): Promise<void> {
    this.#kept.clear()
    this.#writes.clear()
  }

  #tuple(thread: string, namespace: string, { checkpoint, metadata, parent }: Kept): Tuple {
    const writes = this.#writes.get(keyOf(namespace, checkpoint.id))
    return {
      config: configOf(thread, namespace, checkpoint.id),
      checkpoint: copyCheckpoint(checkpoint),
      metadata: { ...metadata },
      pendingWrites: [...(writes?.values() ?? [])] as NonNullable<Tuple['pendingWrites']>,
      ...(parent === null ? {} : { parentConfig: configOf(thread, namespace, parent) }),
    }
  }

  // A subgraph's namespace begins with that of the graph around it and holds the id of the task it ran in: with the superstep
  // there, that task is over.
  #dropSubgraphsBefore(around: string, checkpoint: string): void {
    const prefix = around === '' ? '' : `${around}|`
    for (const [namespace, list] of this.#kept) {
      if (namespace === around || !namespace.startsWith(prefix)) continue
      if (list.at(-1)?.metadata.parents?.[around] === checkpoint) continue
      this.#stops.delete(namespace)
      if (!namespace.includes(':')) continue // of a subgraph that remembers
      this.#kept.delete(namespace)
      for (const one of list) this.#writes.delete(keyOf(namespace, one.checkpoint.id))
    }
  }
}

function placeOf(config: Config): { thread: string; namespace: string; id: string | undefined } {
  const { thread_id: thread = '', checkpoint_ns: namespace = '', checkpoint_id: id } = config.configurable ?? {}
  return { thread: thread as string, namespace: namespace as string, id: (id as string | undefined) || undefined }
}

const configOf = (thread: string, namespace: string, id: string): Config => ({
  configurable: { thread_id: thread, checkpoint_ns: namespace, checkpoint_id: id },
})

const keyOf = (namespace: string, id: string) => `${namespace}\n${id}`
