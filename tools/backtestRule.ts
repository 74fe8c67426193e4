import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { backtestReport } from './governing/backtestReport.ts'

export const backtestRule = defineTool({
  name: 'backtest_rule',
  summary:
    'Play a proposed revenue rule on all past receipts, from their stored scores and by the code that pays, against what was really paid; store the report under its digest, which a proposal names. Moves no money.',
  effect: 'write',
  input: z.object({ rule: z.looseObject({}).describe('the document of the rule') }),
  output: z.object({
    report: digestString.describe('of the whole report'),
    summary: backtestReport
      .omit({ payees: true, epochs: true, droppedToZero: true })
      .extend({ epochs: z.int(), payees: z.int(), gaining: z.int(), losing: z.int(), droppedToZero: z.int() }),
    gainers: backtestReport.shape.payees.describe('the ten who would gain most'),
    losers: backtestReport.shape.payees.describe('the ten who would lose most'),
  }),
})
