import { ActivityFailure, ApplicationFailure, sleep } from '@temporalio/workflow'
import { longStep, step } from './steps.ts'

/**
 * Proposes an epoch's root and waits until it is final. The challenge window is a timer of the workflow, so nothing runs and
 * nothing is lost while it lasts; a root that a dispute holds is looked at again and again; one that a dispute rejected is computed
 * anew and, when that gives another, proposed again. `root_status` says in words where it stands.
 */
export async function postRoot(epoch: number): Promise<void> {
  for (let round = 1; ; round++) {
    await longStep.propose_root({ epoch }, `round-${round}`)
    if ((await untilDecided(epoch, round)) === 'final') return
    await untilCorrected(epoch, round)
  }
}

/** A proposal that is gone (taken back, or its block was replaced) is proposed again as it was. */
async function untilDecided(epoch: number, round: number): Promise<'final' | 'rejected'> {
  for (let look = 1; ; look++) {
    const name = `round-${round}-look-${look}`
    const { state, waitSeconds } = await step.root_status({ epoch }, name)
    if (state === 'rejected') return state
    // A step of its own each: tools with the same input would share an effect key.
    if (state === 'gone') await longStep.propose_root({ epoch }, `${name}-again`)
    if (state === 'ready' || state === 'final') {
      if (await finalised(epoch, `${name}-finalise`)) return 'final'
      continue
    }
    if (waitSeconds > 0) await sleep(waitSeconds * 1_000)
  }
}

/** False where a dispute took hold of the root between the look and the step. */
async function finalised(epoch: number, name: string): Promise<boolean> {
  try {
    await longStep.finalise_root({ epoch }, name)
    return true
  } catch (failure) {
    const cause = failure instanceof ActivityFailure ? failure.cause : undefined
    if (cause instanceof ApplicationFailure && cause.type === 'chain/root-held') return false
    throw failure
  }
}

const correctionMs = 10 * 60_000

/** Whoever keeps the records mends what they are computed from; it is seen within ten minutes. */
async function untilCorrected(epoch: number, round: number): Promise<void> {
  for (let look = 1; ; look++) {
    const { changed } = await step.correct_epoch({ epoch, look }, `round-${round}-correction-${look}`)
    if (changed) return
    await sleep(correctionMs)
  }
}
