import { condition, setHandler } from '@temporalio/workflow'
import { TributaryError, type ApprovalRequest, type ApprovalVerdict } from '../../kernel/index.ts'
import { graphInterrupts, graphResume, graphVerdict, type GraphEvent, type PendingInterrupt } from './protocol.ts'
import { toFailure } from './toFailure.ts'

type Waiting = { request: ApprovalRequest; node: string; verdict?: ApprovalVerdict }
type Record = (event: Pick<GraphEvent, 'kind' | 'node' | 'path' | 'data'>) => void

// The clock that decides about the time is the asked one's: where it is behind, it is asked again after this.
const shortestWaitMs = 1_000

// One workflow, one sandbox: what a module keeps is that workflow's own.
let waiting: Waiting[] = []
let record: Record | undefined
let listens = false
// A verdict may come before the workflow has heard of the question.
const early = new Map<string, ApprovalVerdict>()

/** Verdicts on what was not asked yet, for the next workflow run of this chain. */
export const earlyVerdicts = (): ApprovalVerdict[] => [...early.values()]

export function keepVerdicts(verdicts: readonly ApprovalVerdict[]): void {
  for (const verdict of verdicts) if (!early.has(verdict.digest)) early.set(verdict.digest, verdict)
}

/** The actions of this workflow that wait for a verdict, as interrupts whose id is the action's digest. */
export function waitingApprovals(): PendingInterrupt[] {
  return waiting.map(({ request, node }) => ({ id: request.digest, node, value: request }))
}

export const isWaitingApproval = (id: string): boolean => waiting.some(({ request }) => request.digest === id)

/** Throws approval/changed for a verdict on another action, approval/bad-verdict for what is none. */
export function checkVerdict(id: string, given: unknown): void {
  const { verdict, digest } = (given ?? {}) as Partial<ApprovalVerdict>
  const tryThis = `answer { verdict: 'approve' or 'deny', digest: '${id}' }`
  if (verdict !== 'approve' && verdict !== 'deny') {
    const facts = { id, verdict: String(verdict) }
    throw toFailure(new TributaryError('This is no verdict.', { code: 'approval/bad-verdict', facts, tryThis }))
  }
  if (digest !== id) {
    const facts = { asked: id, answered: String(digest) }
    throw toFailure(
      new TributaryError('The verdict is about another action.', { code: 'approval/changed', facts, tryThis }),
    )
  }
}

export function giveVerdict(id: string, verdict: ApprovalVerdict): void {
  for (const one of waiting) if (one.request.digest === id) one.verdict ??= verdict
}

/** The graph that runs in this workflow answers for interrupts, and logs what is asked and answered. */
export function joinGraph(graph: Record): void {
  record = graph
  listen(false)
}

/** Waits for somebody's word about an action, or until its time is over. Survives any kill, as all that a workflow waits for. */
export async function untilVerdict(request: ApprovalRequest, node: string): Promise<ApprovalVerdict> {
  const { digest, expiresAtMs } = request
  const one: Waiting = { request, node }
  waiting.push(one)
  listen(record === undefined)
  const known = early.get(digest)
  if (known !== undefined) one.verdict = known
  early.delete(digest)
  record?.({ kind: 'interrupt', node, path: [], data: { id: digest, value: request } })
  try {
    const isGiven = () => one.verdict !== undefined
    if (expiresAtMs === null) await condition(isGiven)
    else await condition(isGiven, Math.max(shortestWaitMs, expiresAtMs - Date.now()))
  } finally {
    waiting = waiting.filter((other) => other !== one)
  }
  const verdict = one.verdict ?? { verdict: 'expired', digest }
  record?.({ kind: 'resume', node, path: [], data: { id: digest, value: verdict } })
  return verdict
}

function listen(isPlain: boolean): void {
  if (listens) return
  listens = true
  setHandler(graphVerdict, (verdict) => {
    if (isWaitingApproval(verdict.digest)) giveVerdict(verdict.digest, verdict)
    else early.set(verdict.digest, verdict)
  })
  if (!isPlain) return
  setHandler(graphInterrupts, waitingApprovals)
  setHandler(
    graphResume,
    (id, value) => {
      giveVerdict(id, value as ApprovalVerdict)
      return { waiting: waiting.length }
    },
    { validator: (id: string, value: unknown) => (isWaitingApproval(id) ? checkVerdict(id, value) : refuse(id)) },
  )
}

function refuse(id: string): never {
  throw toFailure(
    new TributaryError('Nothing waits under this interrupt id.', {
      code: 'graph/unknown-interrupt',
      facts: { id, waiting: waiting.map(({ request }) => request.digest) },
      tryThis: 'ask graphInterrupts for the ids that wait; an interrupt is answered once',
    }),
  )
}
