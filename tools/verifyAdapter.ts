import { z } from 'zod'
import { digestString, weiString } from '../kernel/index.ts'
import { bondStatus } from './bondStatus.ts'
import { unknownWei } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'
import { planVerification } from './planVerification.ts'
import { retrainDrawn } from './retrainDrawn.ts'

export const verifyAdapter = defineTool({
  name: 'verify_adapter',
  summary:
    'Train the drawn members of a bonded adapter set again from its bundle, in a process of its own, and attest or object with a bond. Durable: killed anywhere it goes on to the same bytes. Waits until every case has ended.',
  effect: 'spend',
  mostWei: unknownWei,
  waits: true,
  input: planVerification.input,
  output: z.object({
    workflow: z.string(),
    adapter: digestString,
    verdict: bondStatus.output.shape.verdict,
    reports: retrainDrawn.output.shape.reports,
    cases: bondStatus.output.shape.cases,
    collectedWei: weiString,
  }),
})
