import { z } from 'zod'
import { digestString, payeeIdString, ppmInteger, weiString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const statement = defineTool({
  name: 'statement',
  summary: 'Show what a payee earned: per epoch, per answer, by which share and rule, and what is claimed.',
  effect: 'read',
  open: true,
  input: z.object({ payee: payeeIdString }),
  output: z.object({
    payee: payeeIdString,
    samples: z.int(),
    accepted: z.int(),
    earnedWei: weiString,
    claimedWei: weiString,
    epochs: z.array(
      z.object({
        epoch: z.int(),
        root: digestString,
        rule: digestString,
        earnedWei: weiString,
        owedWei: weiString.describe('what losses leave to be set against later gains'),
        answers: z.array(
          z.object({
            receipt: digestString,
            sharePpm: ppmInteger,
            wei: weiString.describe('credited'),
            chargedWei: weiString.describe('set against the credits of the epoch, under a rule with accounts'),
          }),
        ),
      }),
    ),
  }),
})
