import { z } from 'zod'
import {
  addressString,
  digestString,
  payeeIdString,
  ppmInteger,
  revenueRuleSchema,
  weiString,
} from '../../kernel/index.ts'

/**
 * One answer that a payee was credited or charged for. Only samples that the scores name stand here, by their digests, and none
 * of a gated Datanet.
 */
export const statementAnswer = z.object({
  receipt: digestString,
  datanet: digestString.describe('root of the version that the answer’s adapter learned from'),
  rule: digestString,
  sharePpm: ppmInteger,
  wei: weiString.describe('credited'),
  chargedWei: weiString.describe('set against the credits of the epoch, under a rule with accounts'),
  samples: z.array(z.object({ sample: digestString, scoreMicroNats: z.int(), sharePpm: ppmInteger })),
  evidence: z
    .literal('provenance')
    .optional()
    .describe('paid for words that the answer repeats, by a rule that pays for that; absent: for influence'),
})

/** Gains and losses of one adapter under one share rule, settled over the epoch. */
export const statementAccount = z.object({
  account: z.string().describe('share rule and adapter'),
  creditedWei: weiString.describe('sum of its answers’ wei'),
  chargedWei: weiString.describe('sum of its answers’ chargedWei'),
  owedBeforeWei: weiString,
  paidWei: weiString,
  owedWei: weiString.describe('to be set against later gains'),
})

/**
 * What one epoch pays one payee, and why: earnedWei is the sum of paidWei over the accounts, asServerWei and asModelOwnerWei.
 */
export const payeeStatement = z.object({
  payee: payeeIdString,
  earnedWei: weiString,
  cumulativeWei: weiString.describe('all that it ever earned: the leaf’s amount; 0: it has no leaf'),
  asServerWei: weiString,
  asModelOwnerWei: weiString,
  accounts: z.array(statementAccount),
  answers: z.array(statementAnswer),
  proof: z.array(digestString).describe('from its leaf to the reward root'),
})
export type PayeeStatement = z.output<typeof payeeStatement>

export const epochPage = z.object({
  v: z.literal(1),
  kind: z.literal('tributary/epoch-page'),
  epoch: z.int(),
  statements: z.array(payeeStatement).describe('sorted by payee'),
})
export type EpochPage = z.output<typeof epochPage>

/**
 * What is published of a final epoch: pages of statements, each with its proof, found by the first and last payee on them. Its
 * digest is the epoch's publication; whoever has it needs no server of ours to claim and to check.
 */
export const epochIndex = z.object({
  v: z.literal(1),
  kind: z.literal('tributary/epoch-index'),
  chainId: z.int(),
  vault: addressString,
  fromBlock: z.int().describe('of the deployment: logs are searched from here'),
  epoch: z.int(),
  root: digestString,
  evidence: digestString,
  totalWei: weiString.describe('sum of all leaves: all that was ever earned'),
  leaves: z.int(),
  receivedWei: weiString,
  paidWei: weiString,
  treasuryWei: weiString,
  poolWei: weiString,
  scoring: digestString.nullable(),
  rules: z.array(revenueRuleSchema),
  pages: z.array(z.object({ first: payeeIdString, last: payeeIdString, statements: z.int(), digest: digestString })),
})
export type EpochIndex = z.output<typeof epochIndex>

/** Payees in the order of code units, which is the order of the pages. */
export function comparePayees(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The page that a payee would stand on; undefined where none can hold it. Cost: log2(pages) comparisons. */
export function pageOf(pages: EpochIndex['pages'], payee: string): EpochIndex['pages'][number] | undefined {
  let [low, high] = [0, pages.length - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    const page = pages[middle]!
    if (comparePayees(payee, page.first) < 0) high = middle - 1
    else if (comparePayees(payee, page.last) > 0) low = middle + 1
    else return page
  }
  return undefined
}
