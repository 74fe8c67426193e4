import { z } from 'zod'
import { digestString, ppmInteger, weiString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

const concentrationSchema = z.object({
  count: z.int(),
  giniPpm: ppmInteger.describe('0: all have the same; (n-1)/n: one has everything'),
  top1Ppm: ppmInteger,
  top10Ppm: ppmInteger,
})

export const epochReport = defineTool({
  name: 'epoch_report',
  summary:
    'Show what one epoch took in and whom it pays: totals, take rates beside the ceilings of rule and contract, how concentrated the money is, and what is on chain. The last one that was split unless a number is given.',
  effect: 'read',
  open: true,
  input: z.object({ epoch: z.int().min(1).optional() }),
  output: z.object({
    epoch: z.int(),
    state: z.string(),
    receipts: z.int(),
    receivedWei: weiString,
    paidWei: weiString.describe('to contributors, server and model owner'),
    contributorsWei: weiString,
    serversWei: weiString,
    modelOwnersWei: weiString,
    treasuryWei: weiString,
    poolWei: weiString.describe('what nobody could be shown to have earned'),
    claimedWei: weiString,
    takes: z.array(
      z.object({
        part: z.enum(['treasury', 'server and model owner']),
        ppm: ppmInteger.describe('of what was received'),
        ruleCeilingPpm: ppmInteger.describe('the most that a rule of the epoch gives it'),
        contractCeilingPpm: ppmInteger.describe('the most that the contract lets through'),
      }),
    ),
    concentration: z
      .object({ payees: concentrationSchema, servers: concentrationSchema, modelOwners: concentrationSchema })
      .describe('payees: contributors with a leaf, those who earned nothing now too'),
    lorenz: z
      .array(z.object({ peoplePpm: ppmInteger, sharePpm: ppmInteger }))
      .describe('of payees, the smallest first'),
    rules: z.array(digestString),
    root: digestString,
    evidence: digestString,
    evidenceForm: z.int(),
    scoring: digestString.nullable(),
    published: digestString.nullable().describe('index of its leaves, proofs and statements'),
    transactions: z.object({
      close: z.string().nullable(),
      propose: z.string().nullable(),
      final: z.string().nullable(),
    }),
  }),
})
export type EpochReport = z.output<typeof epochReport.output>
