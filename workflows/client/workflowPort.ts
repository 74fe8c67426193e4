import {
  isGrpcDeadlineError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
} from '@temporalio/client'
import { findError, TributaryError } from '../../kernel/index.ts'
import type { WorkflowPort } from '../../tools/index.ts'
import { createClient } from '../graph/client/index.ts'
import { graphVerdict } from '../graph/index.ts'
import { historyToJson, inlineHistory, replayHistory, type BlobStore } from '../graph/worker/index.ts'
import { schedulePort } from './schedulePort.ts'

/** Each is a poll that was kept open for seconds, so a server that hangs is given up after some minutes. */
const mostUnanswered = 20

/** Temporal as the tools see it: workflows by id, started once however often it is asked for. */
export function workflowPort(options: {
  client: Client
  taskQueue: string
  bundle: { codePath: string }
  address: { server: string; ui: string | undefined }
  /** Where large payloads lie; a history is given out with them in it. */
  blobs?: BlobStore
}): WorkflowPort {
  const { client, taskQueue, bundle, address, blobs } = options
  return {
    async start(workflow, workflowId, args, { once = false, memo = {} } = {}) {
      try {
        await client.workflow.start(workflow, {
          taskQueue,
          workflowId,
          args: [...args],
          // One id, one run: what failed is looked at by a person, and what ended is never done twice.
          workflowIdReusePolicy: once ? 'REJECT_DUPLICATE' : 'ALLOW_DUPLICATE_FAILED_ONLY',
          memo,
        })
      } catch (failure) {
        if (!(failure instanceof WorkflowExecutionAlreadyStartedError)) throw unreachable(failure, address.server)
      }
    },
    async result(workflowId) {
      for (let unanswered = 0; ; unanswered++) {
        try {
          return (await client.workflow.result(workflowId)) as unknown
        } catch (failure) {
          // A busy server lets a poll run into its deadline; the workflow goes on, and may have hours to go.
          if (isGrpcDeadlineError(failure) && unanswered < mostUnanswered) continue
          throw findError(failure) ?? unreachable(failure, address.server)
        }
      }
    },
    async tell(workflowId, verdict) {
      try {
        await client.workflow.getHandle(workflowId).signal(graphVerdict, verdict)
        return true
      } catch (failure) {
        if (failure instanceof WorkflowNotFoundError) return false
        throw unreachable(failure, address.server)
      }
    },
    async cancel(workflowId) {
      try {
        await client.workflow.getHandle(workflowId).cancel()
      } catch (failure) {
        if (!(failure instanceof WorkflowNotFoundError)) throw unreachable(failure, address.server)
      }
    },
    async describe(workflowId) {
      try {
        const { status, startTime } = await client.workflow.getHandle(workflowId).describe()
        return { status: status.name, startedAt: startTime.getTime() }
      } catch (failure) {
        if (failure instanceof WorkflowNotFoundError) return undefined
        throw unreachable(failure, address.server)
      }
    },
    async query(workflowId, name) {
      try {
        return await client.workflow.getHandle(workflowId).query<unknown>(name)
      } catch (failure) {
        throw unreachable(failure, address.server)
      }
    },
    async answer(workflowId, question, value) {
      const graphs = await createClient({ client })
      await graphs.resume(workflowId, question, value)
    },
    async running(workflow) {
      try {
        const found = []
        const query = `WorkflowType = '${workflow}' AND ExecutionStatus = 'Running'`
        for await (const { workflowId, memo = {}, startTime } of client.workflow.list({ query }))
          found.push({ id: workflowId, memo, startedAt: startTime.getTime() })
        return found
      } catch (failure) {
        throw unreachable(failure, address.server)
      }
    },
    schedules: schedulePort(client, taskQueue, (cause) => unreachable(cause, address.server)),
    async pollers(name) {
      const { namespace } = client.options
      try {
        // The server names who asked for work in the last five minutes.
        const request = { namespace, taskQueue: { name }, taskQueueType: activityQueue }
        const { pollers } = await client.connection.workflowService.describeTaskQueue(request)
        return (pollers ?? []).map(({ identity }) => identity ?? '')
      } catch (failure) {
        throw unreachable(failure, address.server)
      }
    },
    async history(workflowId) {
      const history = await client.workflow.getHandle(workflowId).fetchHistory()
      return historyToJson(blobs === undefined ? history : await inlineHistory(history, blobs))
    },
    async replay(workflowId, history) {
      const difference = await replayHistory({ bundle, history, workflowId })
      if (!difference) return undefined
      const { what, recorded, replayed } = difference
      return { difference: `${what}: recorded ${recorded.slice(0, 200)}, replayed ${replayed.slice(0, 200)}` }
    },
    address: () => address,
  }
}

type QueueRequest = Parameters<Client['connection']['workflowService']['describeTaskQueue']>[0]
// oxlint-disable-next-line no-unsafe-enum-assignment -- the enum temporal.api.enums.v1.TaskQueueType is in no package of ours
const activityQueue = 2 as NonNullable<QueueRequest['taskQueueType']>

function unreachable(cause: unknown, server: string): TributaryError {
  return new TributaryError('Temporal did not do what it was asked.', {
    code: 'workflows/temporal',
    facts: { server, reason: cause instanceof Error ? cause.message : String(cause) },
    tryThis: 'run tributary status: it says whether the server is up and what to start',
    retry: true,
    cause,
  })
}
