import { TributaryError, type Digest } from '../kernel/index.ts'
import type { answerReview } from './answerReview.ts'
import { askedOf } from './reviewing/askedOf.ts'
import type { Run } from './runTool.ts'

/** Held to what is asked before the graph hears of it, so that an answer that does not fit is refused here, with what it lacks. */
export const run: Run<typeof answerReview> = async ({ workflow, verdicts, others }, ctx) => {
  const known = await ctx.workflows.describe(workflow)
  const asked = known?.status === 'RUNNING' ? await askedOf(ctx, workflow) : undefined
  if (asked === undefined) throw nobodyAsked(workflow, known?.status ?? 'unknown')
  if (ctx.call.face === 'activity' || ctx.call.face === 'langchain') throw noPerson(workflow, ctx.call.face)
  const samples = asked.value.uncertain.map(({ sample }) => sample)
  const said = new Map(verdicts.map((one) => [one.sample, one]))
  const unknown = verdicts.map(({ sample }) => sample).filter((sample) => !samples.includes(sample))
  const missing = others === undefined ? samples.filter((sample) => !said.has(sample)) : []
  if (unknown.length > 0 || missing.length > 0 || said.size < verdicts.length) {
    throw unfit(workflow, { unknown, missing, twice: verdicts.length - said.size })
  }
  const answer = samples.map((sample) => ({ ...others, ...said.get(sample), sample }))
  await ctx.workflows.answer(workflow, asked.id, answer)
  const accepted = answer.filter(({ verdict }) => verdict === 'accept').length
  return { workflow, accepted, rejected: answer.length - accepted }
}

function nobodyAsked(workflow: string, status: string): TributaryError {
  return new TributaryError('This curation asks nobody: it was answered, it has ended, or there is none of this id.', {
    code: 'curator/no-review',
    facts: { workflow, status },
    tryThis: 'tributary reviews lists those that wait',
  })
}

function noPerson(workflow: string, face: string): TributaryError {
  return new TributaryError('A person was asked, and neither a workflow nor a model is one.', {
    code: 'curator/own-word',
    facts: { workflow, face },
    tryThis: 'tributary reviews answer, or answer_review over HTTP or MCP with the operator’s token',
  })
}

function unfit(workflow: string, { unknown, missing, twice }: { unknown: Digest[]; missing: Digest[]; twice: number }) {
  return new TributaryError('A review needs one verdict on each sample that it asks about, and on no other.', {
    code: 'curator/review-verdicts',
    facts: { workflow, unknown: unknown.slice(0, 5), missing: missing.slice(0, 5), twice },
    tryThis: 'tributary reviews lists the samples; give the rest one verdict by --rest accept or --rest reject',
  })
}
