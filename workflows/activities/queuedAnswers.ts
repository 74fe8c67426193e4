import { setTimeout as sleep } from 'node:timers/promises'
import { TributaryError, type Digest } from '../../kernel/index.ts'
import { answerCancelled, type AnswerEngine, type AnswerRequest, type StampedAnswer } from '../../models/index.ts'
import {
  dropJob,
  getJob,
  liveWorkers,
  openJob,
  openJobs,
  wantJob,
  type EngineWorker,
  type Queryable,
} from '../../store/index.ts'
import type { WorkflowPort } from '../../tools/index.ts'
import { groupOf, groupsOf, queueOf, workerOf } from './answerGroups.ts'
import { readStored, writeRequest } from './storedRequest.ts'

const lookMs = 2_000

export type QueuedAnswersOptions = {
  store: Queryable
  workflows: Pick<WorkflowPort, 'start' | 'result' | 'cancel'>
  /** Into how many the adapters are divided: as the engine workers have it. */
  groups: number
  contextTokens: number
}

/**
 * Answers by engine workers, for a gateway that has no engine of its own. The request goes into the store under its key;
 * workflow `answer/<key>` brings it to a worker of the adapter's group, which keeps such adapters and the prefixes of
 * their prompts; the answer comes back by the store. A gateway that asks again under the key, or another one in its place,
 * gets the answer that is there.
 * Cost: four small writes and one workflow. Throws models/no-workers (retry), models/busy (retry), and what the engine throws.
 */
export function queuedAnswers({ store, workflows, groups, contextTokens }: QueuedAnswersOptions): AnswerEngine {
  const queueFor = (adapter: Digest) => queueOf(groupOf(adapter, groups), groups)

  async function workers(): Promise<EngineWorker[]> {
    const live = await liveWorkers(store, { groups })
    if (live.length === 0) throw noWorkers(groups)
    return live
  }

  /** Room is what the worker of the adapter says, less what any gateway has asked of it: all see one queue. */
  const admit: AnswerEngine['admit'] = async ({ adapter, owed = false }) => {
    const live = await workers()
    const ids = live.map(({ id }) => id)
    const mine = adapter && live.find(({ id }) => id === workerOf(groupOf(adapter, groups), ids))
    if (mine && !owed) {
      const queues = groupsOf(mine.id, ids, groups).map((group) => queueOf(group, groups))
      const open = await openJobs(store, { queues })
      if (open >= mine.room) throw busy({ open, room: mine.room })
    }
    return { release: () => undefined, done: () => undefined }
  }

  async function generate(request: AnswerRequest): Promise<StampedAnswer> {
    const { key, adapter, onToken } = request
    if (key === undefined) throw keyless()
    const queue = queueFor(adapter)
    const job = await openJob(store, { key, queue, request: writeRequest(request) })
    const answer = job.answer === null ? await ask(key, request) : readStored(job)
    for (const [i, id] of answer.ids.entries()) onToken?.(id, i === answer.ids.length - 1 ? answer.text : '')
    return answer
  }

  async function ask(key: Digest, { adapter, signal }: AnswerRequest): Promise<StampedAnswer> {
    await workers()
    const id = `answer/${key}`
    const cancel = () => void workflows.cancel(id).catch(() => undefined) // it may be over already
    if (signal?.aborted) throw answerCancelled()
    await workflows.start('answer', id, [{ key, queue: queueFor(adapter) }])
    signal?.addEventListener('abort', cancel)
    const over = new AbortController()
    try {
      if (signal?.aborted) cancel()
      await Promise.race([workflows.result(id), untilNobodyWorks(key, over.signal)])
    } catch (failure) {
      throw signal?.aborted ? answerCancelled() : failure
    } finally {
      over.abort()
      signal?.removeEventListener('abort', cancel)
    }
    return readStored(await getJob(store, { key }))
  }

  /**
   * Says meanwhile that the answer is waited for. Rejects when the last worker is gone; the request stays where it is: a worker
   * that comes makes its answer.
   */
  async function untilNobodyWorks(key: Digest, over: AbortSignal): Promise<never> {
    for (;;) {
      await sleep(lookMs, undefined, { signal: over })
      await wantJob(store, { key })
      await workers()
    }
  }

  return {
    contextTokens,
    admit,
    generate,
    drop: (key) => dropJob(store, { key }),
    describe: async () => `${(await workers()).length} engine workers for ${groups} groups of adapters`,
  }
}

function noWorkers(groups: number): TributaryError {
  return new TributaryError('No engine worker is at work.', {
    code: 'models/no-workers',
    facts: { groups },
    tryThis: 'start one: tributary start --role engine, with the ANSWER_GROUPS of the gateways',
    retry: true,
  })
}

function busy(facts: { open: number; room: number }): TributaryError {
  return new TributaryError('The engine worker of this adapter has as many requests as it takes in.', {
    code: 'models/busy',
    facts: { ...facts, retryAfterSeconds: 2 },
    tryThis:
      'ask again after so many seconds; nothing was charged, and a payment that was signed stays good until it expires',
    retry: true,
  })
}

function keyless(): TributaryError {
  return new TributaryError('An answer by engine workers needs a key.', {
    code: 'models/request',
    tryThis: 'name the effect that the answer is part of',
  })
}
