import { setTimeout as sleep } from 'node:timers/promises'
import { TributaryError } from '../../kernel/index.ts'
import type { ToolContext, WorkflowPort } from '../context.ts'
import { runTool, type BoundTool } from '../runTool.ts'

export type InlineWorkflows = WorkflowPort & { started: { workflow: string; id: string }[] }

type Outcome = { result: unknown } | { failure: unknown }

/**
 * The toy implementation of `WorkflowPort`: runs the tools of a workflow in this process, once an id. It keeps what the
 * real ones promise to tools (start is idempotent, result waits, a coded error comes through) and nothing of durability.
 */
export function inlineWorkflows(tools: readonly BoundTool[], context: () => ToolContext): InlineWorkflows {
  const byName = new Map(tools.map((tool) => [tool.definition.name, tool]))
  const runs = new Map<string, Promise<Outcome>>()
  const started: { workflow: string; id: string }[] = []

  const run = async (workflow: string, id: string, argument: unknown): Promise<unknown> => {
    const step = async (name: string, input: unknown): Promise<Record<string, unknown>> => {
      const ctx = context()
      const effectKey = `${id}/${name}/${JSON.stringify(input)}`
      return runTool(byName.get(name) as BoundTool, input, { ...ctx, call: { face: 'activity', effectKey } })
    }
    if (workflow === 'attribute') return step('attribute_answer', { receipt: argument })
    if (workflow === 'curator') return curate(step, id, argument as { datanet: string })
    if (workflow === 'fineTune') return fineTune(step, argument)
    if (workflow === 'evaluate') return evaluate(step, argument)
    if (workflow === 'unroll') return unroll(step, argument)
    if (workflow === 'verifyAdapter') return verifyAdapter(step, argument as { adapter: string })
    if (workflow === 'settle') return settle(step, argument as number)
    if (workflow === 'mergeIndexes') return step('merge_index', { datanet: argument })
    if (workflow === 'govern') return govern(step, argument as string)
    throw new Error(`no workflow ${workflow}`)
  }
  return {
    started,
    start: async (workflow, id, [argument]) => {
      if (runs.has(id)) return
      started.push({ workflow, id })
      runs.set(
        id,
        run(workflow, id, argument).then(
          (result) => ({ result }),
          (failure: unknown) => ({ failure }),
        ),
      )
    },
    result: async (id) => {
      const outcome = await runs.get(id)
      if (outcome === undefined) throw unknown(id)
      if ('failure' in outcome) throw outcome.failure
      return outcome.result
    },
    tell: async (id) => runs.has(id),
    cancel: async () => undefined,
    describe: async (id) => {
      const running = runs.get(id)
      if (running === undefined) return undefined
      const outcome = await Promise.race([running, Promise.resolve(undefined)])
      const status = outcome === undefined ? 'RUNNING' : 'failure' in outcome ? 'FAILED' : 'COMPLETED'
      return { status, startedAt: 0 }
    },
    query: async (id) => {
      throw unknown(id)
    },
    answer: async (id) => {
      throw unknown(id)
    },
    running: async () => [],
    schedules: schedulesInMemory(),
    pollers: async () => [],
    history: async (id) => {
      if (!runs.has(id)) throw unknown(id)
      return { events: [{ workflowExecutionStartedEventAttributes: { originalExecutionRunId: `run of ${id}` } }] }
    },
    replay: async () => undefined,
    address: () => ({ server: 'in this process', ui: undefined }),
  }
}

/** Schedules that nothing starts. */
function schedulesInMemory(): WorkflowPort['schedules'] {
  const kept = new Map<string, boolean>()
  return {
    put: async (id) => void kept.set(id, false),
    find: async (id) => {
      const paused = kept.get(id)
      return paused === undefined ? undefined : { id, paused, next: [] }
    },
    pause: async (id, paused) => void kept.set(id, paused),
    remove: async (id) => void kept.delete(id),
  }
}

type Step = (name: string, input: unknown) => Promise<Record<string, unknown>>

async function curate(step: Step, curation: string, { datanet }: { datanet: string }): Promise<unknown> {
  const { samples } = await step('plan_curation', { datanet })
  const judged = await step('check_samples', { datanet, curation, from: 0, count: Math.max(1, Number(samples)) })
  const left = await step('find_duplicates', { datanet, curation, except: [] })
  const rejected = Number(judged['rejected']) + Number(left['duplicates'])
  const byRule = { ...(judged['byRule'] as object), ...(left['byRule'] as object) }
  return { accepted: Number(samples) - rejected, rejected, byRule, decisions: left['decisions'] }
}

async function fineTune(step: Step, input: unknown): Promise<unknown> {
  const {
    run,
    blocks,
    finished: before,
  } = (await step('plan_training', input)) as {
    run: string
    blocks: { from: number; to: number }[]
    finished: string | null
  }
  for (const block of before === null ? blocks : []) {
    const { stop } = await step('train_block', { run, ...block })
    if (stop) break
  }
  const finished = await step('finish_training', { run })
  await step('register_adapter', { run })
  return finished
}

async function unroll(step: Step, input: unknown): Promise<unknown> {
  const plan = (await step('plan_unroll', input)) as { unroll: string; blocks: { from: number; to: number }[] }
  let state: unknown = null
  for (const block of plan.blocks) ({ state } = await step('unroll_block', { unroll: plan.unroll, ...block, state }))
  return step('finish_unroll', { unroll: plan.unroll, state })
}

async function evaluate(step: Step, input: unknown): Promise<unknown> {
  const { evaluation, blocks, pieces } = (await step('plan_evaluation', input)) as Record<
    'evaluation' | 'blocks' | 'pieces',
    { from: number; to: number }[]
  >
  let state: unknown = null
  for (const block of blocks) ({ state } = await step('score_evaluation', { evaluation, ...block, state }))
  const losses: unknown[] = []
  for (const piece of pieces) losses.push((await step('retrain_piece', { evaluation, state, ...piece }))['losses'])
  return step('finish_evaluation', { evaluation, state, losses })
}

/** No time is waited for: the tools move a local chain's clock. */
async function verifyAdapter(step: Step, request: { adapter: string }): Promise<unknown> {
  const { adapter } = request
  const { blocks } = (await step('plan_verification', request)) as { blocks: { from: number; to: number }[] }
  let reports: { slot: number; digest: string }[] = []
  for (const block of blocks)
    ({ reports } = (await step('retrain_drawn', { adapter, ...block })) as { reports: typeof reports })
  const said = reports.map(({ slot, digest }) => ({ slot, digest }))
  await step('seal_reports', { adapter, reports: said })
  await step('open_reports', { adapter, reports: said })
  let collected = 0n
  for (let look = 1; ; look++) {
    const { verdict, cases, collectedWei, waitMs } = await step('settle_reports', { adapter, look })
    collected += BigInt(String(collectedWei))
    if (waitMs === null) return { adapter, verdict, reports, cases, collectedWei: String(collected) }
  }
}

async function govern(step: Step, proposal: string): Promise<unknown> {
  for (;;) {
    const { state } = await step('proposal_status', { proposal })
    if (state === 'succeeded') await step('queue_proposal', { proposal })
    else if (state === 'queued') await step('execute_proposal', { proposal })
    else if (state !== 'pending' && state !== 'active') return { proposal, state }
    else await sleep(500)
  }
}

async function settle(step: Step, epoch: number): Promise<unknown> {
  await step('settle_channels', { force: true })
  await step('confirm_payments', { epoch })
  const { receipts } = (await step('freeze_epoch', { epoch })) as { receipts: string[] }
  for (const receipt of receipts) {
    await step('trace_answer', { receipt })
    await step('archive_history', { workflow: `attribute/${receipt}` })
  }
  await scoreEpoch(step, epoch)
  const { evidence: _, ...split } = await step('split_epoch', { epoch })
  await step('propose_root', { epoch })
  await step('finalise_root', { epoch })
  await step('publish_epoch', { epoch })
  const { claimedWei } = await step('claim', {})
  return { ...split, claimedWei }
}

async function scoreEpoch(step: Step, epoch: number): Promise<void> {
  const { adapters, answers } = (await step('plan_scoring', { epoch })) as {
    adapters: { adapter: string; replayable: boolean }[]
    answers: { receipt: string; adapter: string; form: string }[]
  }
  const scorings: Record<string, unknown>[] = []
  for (const { adapter, replayable } of adapters) {
    const { scores } = replayable ? ((await unroll(step, { epoch, adapter })) as { scores: string }) : { scores: null }
    scorings.push(await step('judge_split', { epoch, adapter, sampleScores: scores }))
  }
  for (const { receipt, adapter, form } of answers)
    await step('confirm_attribution', { receipt, form, scoring: scorings.find((one) => one['adapter'] === adapter) })
  await step('report_scoring', { epoch, adapters: scorings })
}

function unknown(id: string): TributaryError {
  return new TributaryError('There is no workflow of this id.', { code: 'workflows/unknown', facts: { id } })
}
