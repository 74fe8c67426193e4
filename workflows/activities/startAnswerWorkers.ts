import type { NativeConnection, Worker } from '@temporalio/worker'
import type { Digest } from '../../kernel/index.ts'
import type { AnswerEngine } from '../../models/index.ts'
import { beatWorker, liveWorkers, removeWorker, type Queryable } from '../../store/index.ts'
import { createActivityWorker, type BlobStore } from '../graph/worker/index.ts'
import { answerActivity } from './answerActivity.ts'
import { groupsOf, queueOf } from './answerGroups.ts'

export type AnswerWorkersOptions = {
  connection: NativeConnection
  namespace: string
  /** Where large payloads lie. */
  blobs?: BlobStore
  store: Queryable
  answers: AnswerEngine
  /** Names this process among the engine workers. */
  id: string
  groups: number
  /** Requests that it takes in at once, at most: beyond, gateways say models/busy before anything is paid. */
  room: number
  /** How often it says that it is at work; it is forgotten after four times that. */
  beatMs?: number
  onFailure: (failure: unknown) => void
  /** Told of each answer that is made, by the key of its payment. */
  onAnswer?: (key: Digest) => void
}

/**
 * Serves the task queues of the groups that are this engine worker's, and follows as others come and go. A group that
 * moves is given up after what is under way in it is answered.
 */
export async function startAnswerWorkers(options: AnswerWorkersOptions): Promise<{ close: () => Promise<void> }> {
  const {
    connection,
    namespace,
    blobs,
    store,
    answers,
    id,
    groups,
    room,
    beatMs = 2_000,
    onFailure,
    onAnswer,
  } = options
  const serving = new Map<number, { worker: Worker; ended: Promise<void> }>()
  const leaving = new Set<Promise<void>>()
  const activities = { answer_job: answerActivity({ store, answers, onAnswer }) }
  let closing = false

  async function serve(group: number): Promise<void> {
    const worker = await createActivityWorker({
      connection,
      namespace,
      ...(blobs === undefined ? {} : { blobs }),
      taskQueue: queueOf(group, groups),
      activities,
    })
    const ended = worker.run().catch((failure: unknown) => {
      serving.delete(group)
      onFailure(failure)
    })
    serving.set(group, { worker, ended })
  }

  function leave(group: number): void {
    const served = serving.get(group)
    if (!served) return
    serving.delete(group)
    if (served.worker.getState() === 'RUNNING') served.worker.shutdown()
    const gone = served.ended.finally(() => leaving.delete(gone))
    leaving.add(gone)
  }

  async function follow(): Promise<void> {
    await beatWorker(store, { id, groups, room, leaseMs: 4 * beatMs })
    const workers = await liveWorkers(store, { groups })
    const own = new Set(
      groupsOf(
        id,
        workers.map((worker) => worker.id),
        groups,
      ),
    )
    for (const group of serving.keys()) if (!own.has(group)) leave(group)
    for (const group of own) if (!serving.has(group) && !closing) await serve(group)
  }

  await follow()
  let following: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    // A beat that fails is made good by the next; one that takes long is not overtaken.
    following = following.then(follow).catch(onFailure)
  }, beatMs)
  timer.unref()
  return {
    close: async () => {
      closing = true
      clearInterval(timer)
      await following
      await removeWorker(store, { id }).catch(onFailure)
      for (const group of serving.keys()) leave(group)
      await Promise.all(leaving)
    },
  }
}
