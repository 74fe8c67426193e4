import { defineQuery, executeChild, ParentClosePolicy, setHandler, workflowInfo } from '@temporalio/workflow'
import type { Digest } from '../kernel/index.ts'
import type { TourSummary } from '../tools/definitions.ts'
import { fineTune } from './fineTune.ts'
import { settle } from './settle.ts'
import { longStep, step } from './steps.ts'
import { buyer } from '../agents/buyer/index.ts'
import { curator } from '../agents/curator/index.ts'
import type { Phase, TourInput } from './tourInput.ts'

export const tourPhase = defineQuery<Phase | 'done'>('tourPhase')

/**
 * The main job, end to end: corpus, curation, adapter, paid answers, attribution, settlement, audit.
 * Each part is a child workflow or a tool whose effect is keyed, so a tour that is killed goes on where it was.
 */
export async function tour(input: TourInput): Promise<TourSummary> {
  const { workflowId } = workflowInfo()
  const timesMs: Record<string, number> = {}
  let phase: Phase | 'done' = 'datanet'
  setHandler(tourPhase, () => phase)
  const timed = async <T>(name: Phase, work: () => Promise<T>): Promise<T> => {
    phase = name
    const from = Date.now()
    const result = await work()
    timesMs[name] = Date.now() - from
    return result
  }
  const child = (part: string) => ({
    workflowId: `${workflowId}/${part}`,
    parentClosePolicy: ParentClosePolicy.TERMINATE,
  })
  const { datanet, alias, samples, groups, budgetMs, seed, epoch } = input

  await timed('datanet', () => longStep.import_datanet({ datanet, from: input.from, licence: input.licence, seed }))
  const version = await timed('curate', async () => {
    await executeChild(curator, { ...child('curate'), args: [{ datanet }] })
    return step.publish_version({ datanet })
  })
  const trained = await timed('train', () =>
    executeChild(fineTune, {
      ...child('train'),
      args: [{ datanetRoot: version.root, alias, samples, groups, budgetMs, seed }],
    }),
  )
  const { questions } = await step.choose_questions({
    datanetRoot: version.root,
    count: input.questions,
    seed,
    skip: input.skip,
  })
  const bought = await timed('sell', () =>
    executeChild(buyer, { ...child('buy'), args: [{ model: alias, questions, budgetWei: input.budgetWei, seed }] }),
  )
  const settled = await timed('attribute and settle', () =>
    executeChild(settle, { ...child('settle'), workflowId: `settle/${epoch}`, args: [epoch] }),
  )
  const audits = await timed('audit', async () => {
    const { receipts } = await step.draw_audits({ epoch, count: input.audits })
    const done = []
    for (const receipt of receipts) done.push(await longStep.audit({ receipt }))
    return done
  })
  const summary = await step.summarise_tour({
    tour: workflowId,
    datanet,
    datanetRoot: version.root,
    adapter: trained.adapter as Digest,
    lossCurve: trained.lossCurve,
    steps: trained.steps,
    epoch,
    answers: bought.answers.map(({ receipt, question, latencyMs }) => ({
      receipt,
      question: questions[question]?.prompt ?? '',
      latencyMs,
    })),
    audits,
    claimedWei: settled.claimedWei,
    timesMs,
  })
  phase = 'done'
  return summary
}
