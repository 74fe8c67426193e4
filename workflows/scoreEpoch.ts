import { ApplicationFailure, ChildWorkflowFailure, executeChild, ParentClosePolicy } from '@temporalio/workflow'
import type { Digest } from '../kernel/index.ts'
import { sideBySide } from './sideBySide.ts'
import { longStep, step } from './steps.ts'
import { unroll } from './unroll.ts'

/**
 * Scores the answers of a frozen epoch as they are paid: one unroll of all answers of an adapter splits its groups, real
 * retraining judges that split, then each answer is scored by its form, `width` at a time, and what is known of the error is
 * published.
 */
export async function scoreEpoch(epoch: number, width: number): Promise<void> {
  const plan = await step.plan_scoring({ epoch })
  const scorings: Awaited<ReturnType<typeof step.judge_split>>[] = []
  for (const { adapter, replayable } of plan.adapters) {
    const sampleScores = replayable ? await unrolled(epoch, adapter) : null
    scorings.push(await step.judge_split({ epoch, adapter, sampleScores }))
  }
  await sideBySide(plan.answers, width, async ({ receipt, adapter, form }) => {
    const scoring = scorings.find((one) => one.adapter === adapter)!
    await longStep.confirm_attribution({ receipt, form, scoring })
  })
  await step.report_scoring({ epoch, adapters: scorings })
}

/** Runs or answers that have no exact unroll, which is no reason to pay nobody: the report names the fallback. */
const withoutUnroll = [
  'tools/not-replayable',
  'tools/nothing-to-unroll',
  'attribution/step-size',
  'attribution/optimiser',
  'attribution/not-finite',
]

async function unrolled(epoch: number, adapter: Digest): Promise<Digest | null> {
  try {
    const { scores } = await executeChild(unroll, {
      workflowId: `unroll/${epoch}/${adapter}`,
      parentClosePolicy: ParentClosePolicy.TERMINATE,
      args: [{ epoch, adapter }],
    })
    return scores
  } catch (failure) {
    if (withoutUnroll.includes(codeOf(failure) ?? '')) return null
    throw failure
  }
}

/** The code of the step that failed a child: its type, at the end of the chain of causes. */
function codeOf(failure: unknown): string | undefined {
  let cause: unknown = failure instanceof ChildWorkflowFailure ? failure.cause : undefined
  while (cause instanceof Error && !(cause instanceof ApplicationFailure)) cause = cause.cause
  return cause instanceof ApplicationFailure ? (cause.type ?? undefined) : undefined
}
