import { z } from 'zod'
import { addressString, digestString, weiString } from '../../kernel/index.ts'
import { proposalText } from './proposalText.ts'

/** As the governor has them, in words. */
const states = ['pending', 'active', 'canceled', 'defeated', 'succeeded', 'queued', 'expired', 'executed'] as const

const seconds = z.int().describe('seconds since 1970, by the clock of blocks')

/** A proposal as those who vote on it should see it. */
export const proposalView = z.object({
  proposal: digestString,
  state: z.enum(states),
  proposer: addressString,
  says: proposalText.nullable().describe('null where the description is none of ours'),
  changes: z.array(
    z.object({
      contract: z.string(),
      call: z.string(),
      arguments: z.array(z.object({ name: z.string(), value: z.string() })),
    }),
  ),
  warnings: z.array(z.string()).describe('where what it says and what it calls differ'),
  forWei: weiString,
  againstWei: weiString,
  abstainWei: weiString,
  quorumWei: weiString.nullable().describe('of for and abstain together; null before weights are taken'),
  votesFrom: seconds,
  votesUntil: seconds,
  readyAt: seconds.nullable().describe('when it may be executed; null before it is queued'),
  now: seconds,
  transaction: digestString,
})
export type ProposalView = z.output<typeof proposalView>
