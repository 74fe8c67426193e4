import { sleep } from '@temporalio/workflow'
import type { Digest } from '../kernel/index.ts'
import { step } from './steps.ts'

export type GovernedProposal = { proposal: Digest; state: string }

/** A block may come a little later than its time. */
const slackMs = 1_500
const mostMs = 24 * 3_600_000

/**
 * Carries a proposal from its vote to its execution: waits, by durable timers, until voting ends, queues what was passed, waits until
 * the timelock is over, executes. Ends with the state that the proposal ends in: one that is defeated, cancelled or
 * expired is left. Whoever else queues or executes it meanwhile is in nobody's way: every step looks at the chain first.
 */
export async function govern(proposal: Digest): Promise<GovernedProposal> {
  for (let look = 1; ; look++) {
    const { state, votesFrom, votesUntil, readyAt, now } = await step.proposal_status({ proposal }, `look ${look}`)
    if (state === 'pending') await wait(votesFrom - now)
    else if (state === 'active') await wait(votesUntil - now)
    else if (state === 'succeeded') await step.queue_proposal({ proposal })
    else if (state === 'queued') {
      if (readyAt !== null && readyAt > now) await wait(readyAt - now)
      await step.execute_proposal({ proposal })
    } else return { proposal, state }
  }
}

function wait(seconds: number): Promise<void> {
  return sleep(Math.min(mostMs, Math.max(0, seconds) * 1_000 + slackMs))
}
