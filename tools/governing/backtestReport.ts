import { z } from 'zod'
import { digestString, payeeIdString, ppmInteger, revenueRuleSchema, weiString } from '../../kernel/index.ts'

const signedWei = z.string().regex(/^(0|-?[1-9][0-9]{0,77})$/, 'must be whole wei, as a decimal string')

/** Where the fees of an epoch, or of all, went: the five sum to what was received. */
export const roleTotals = z.object({
  contributorsWei: weiString,
  serverWei: weiString,
  modelOwnerWei: weiString,
  treasuryWei: weiString,
  poolWei: weiString,
})
export type RoleTotals = z.output<typeof roleTotals>

const concentration = z.object({ count: z.int(), giniPpm: ppmInteger, top1Ppm: ppmInteger, top10Ppm: ppmInteger })

/**
 * What a proposed revenue rule would have paid on all past receipts, against what was paid. Content-addressed: its digest goes
 * into the proposal. Fields of the rule that decide how answers are scored, not how scores are paid, are not played again.
 */
export const backtestReport = z.object({
  v: z.literal(1),
  rule: digestString.describe('the proposed rule'),
  document: revenueRuleSchema,
  /** The rules that the receipts name, with how many of them do. */
  against: z.array(z.object({ rule: digestString, receipts: z.int() })),
  notReplayed: z
    .array(z.string())
    .describe('fields that differ from a rule in force and only decide how exactly answers are scored'),
  receipts: z.int(),
  epochs: z.array(
    z.object({
      epoch: z.int(),
      root: digestString.describe('of what was really paid'),
      evidence: digestString,
      receipts: z.int(),
      receivedWei: weiString,
      paid: roleTotals,
      proposed: roleTotals,
    }),
  ),
  receivedWei: weiString,
  paid: roleTotals,
  proposed: roleTotals,
  /** What losses leave contributors owing after the last epoch. */
  owed: z.object({ paidWei: weiString, proposedWei: weiString }),
  /** Over contributors who are paid something by one rule or the other. */
  concentration: z.object({ paid: concentration, proposed: concentration }),
  /** Everybody who is paid something by one or the other, sorted by id, for whatever it was. */
  payees: z.array(
    z.object({
      payee: payeeIdString,
      paidWei: weiString,
      proposedWei: weiString,
      changeWei: signedWei,
      /** Of what was paid, rounded towards zero, at most 2^53 - 1; null where nothing was. */
      changePpm: z.int().nullable(),
    }),
  ),
  droppedToZero: z.array(payeeIdString).describe('paid something by the rules in force, nothing by the proposed one'),
})
export type BacktestReport = z.output<typeof backtestReport>
