import { z } from 'zod'
import {
  addressString,
  canonicalText,
  digestOf,
  digestString,
  engineDocumentSchema,
  revenueRuleSchema,
  weiString,
  type RevenueRule,
  type Digest,
} from '../../kernel/index.ts'

const common = { v: z.literal(1), why: z.string().max(4_000) }

/**
 * The description of a proposal, as canonical JSON. Documents stand in it whole beside their digests, so that every home can read
 * from the chain what was adopted, and check it.
 */
export const proposalText = z.discriminatedUnion('kind', [
  z.object({
    ...common,
    kind: z.literal('revenue-rule'),
    rule: digestString,
    document: revenueRuleSchema,
    backtest: digestString.describe('report of the back-test'),
    receipts: z.int().describe('that were played'),
    epochs: z.int(),
    lastRoot: digestString.nullable().describe('reward root of the last epoch that was played'),
  }),
  z.object({
    ...common,
    kind: z.literal('engine'),
    engine: digestString,
    document: engineDocumentSchema,
    evidence: digestString.describe('what was measured of it'),
  }),
  z.object({ ...common, kind: z.literal('parameter'), name: z.string(), value: z.string() }),
  z.object({
    ...common,
    kind: z.literal('pool'),
    datanet: z.string(),
    to: addressString,
    wei: weiString,
    reason: digestString.describe('of why'),
  }),
])
export type ProposalText = z.output<typeof proposalText>

export function writeProposalText(text: ProposalText): string {
  return canonicalText(proposalText.parse(text))
}

/** What a description says; undefined where it is none of ours, or its documents are not those of its digests. */
export function readProposalText(description: string): ProposalText | undefined {
  let json: unknown
  try {
    json = JSON.parse(description)
  } catch {
    return undefined // a text of other governance
  }
  const parsed = proposalText.safeParse(json)
  if (!parsed.success) return undefined
  const text = parsed.data
  if (text.kind === 'revenue-rule' && digestOf(text.document) !== text.rule) return undefined
  if (text.kind === 'engine' && digestOf(text.document) !== text.engine) return undefined
  return text
}

/** The parts of a rule as the registry keeps them beside its digest. */
export function partsOf({ treasuryPpm, serverPpm, modelOwnerPpm, contributorsPpm }: RevenueRule) {
  return { treasuryPpm, serverPpm, modelOwnerPpm, contributorsPpm }
}

/** What a pool is spent for, as the chain keeps it. */
export function reasonOf(why: string): Digest {
  return digestOf({ why })
}
