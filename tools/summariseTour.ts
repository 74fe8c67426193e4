import { z } from 'zod'
import { digestString, payeeIdString, ppmInteger, weiString } from '../kernel/index.ts'
import { audit } from './audit.ts'
import { closeEpoch } from './closeEpoch.ts'
import { defineTool } from './defineTool.ts'
import { scoringReport } from './settlement/scoringReport.ts'

/** What `npm start --json` prints: everything a newcomer is shown, and nothing that was not read back from where it is kept. */
export const tourSummary = z.object({
  tour: z.string(),
  datanet: z.object({
    name: z.string(),
    root: digestString,
    samples: z.int(),
    accepted: z.int(),
    rejected: z.int(),
    clusters: z.int(),
    contributors: z.int(),
  }),
  adapter: z.object({
    digest: digestString,
    alias: z.string(),
    base: digestString,
    steps: z.int(),
    heldOutLossBefore: z.number(),
    heldOutLossAfter: z.number(),
    trainSeconds: z.number(),
    lossCurve: z.string(),
  }),
  contributors: z.array(
    z.object({
      payee: payeeIdString,
      samples: z.int(),
      accepted: z.int(),
      sharePpm: ppmInteger,
      earnedWei: weiString,
      claimedWei: weiString,
    }),
  ),
  answers: z.array(
    z.object({
      receipt: digestString,
      question: z.string(),
      feeWei: weiString,
      tokens: z.int(),
      latencyMs: z.int(),
      top: z.array(z.object({ sample: digestString, contributor: payeeIdString, sharePpm: ppmInteger })),
    }),
  ),
  settlement: closeEpoch.output.omit({ workflow: true }),
  scoring: scoringReport
    .pick({ adapters: true, answers: true, linear: true })
    .optional()
    .describe('how the epoch was scored'),
  audits: z.array(audit.output),
  timesMs: z.record(z.string(), z.int()),
  /** Largest resident memory of the server process at the end of a step, by phase. */
  rssMiB: z.record(z.string(), z.int()),
  /** Of all our processes together. */
  peakRssMiB: z.int(),
  versions: z.record(z.string(), z.string()),
})
export type TourSummary = z.infer<typeof tourSummary>

export const summariseTour = defineTool({
  name: 'summarise_tour',
  summary: 'Collect what a finished tour did from the store and the chain, and keep it so that it can be shown again.',
  effect: 'write',
  input: z.object({
    tour: z.string(),
    datanet: z.string(),
    datanetRoot: digestString,
    adapter: digestString,
    lossCurve: z.string(),
    steps: z.int(),
    epoch: z.int(),
    answers: z.array(z.object({ receipt: digestString, question: z.string(), latencyMs: z.int() })),
    audits: z.array(audit.output),
    claimedWei: weiString,
    timesMs: z.record(z.string(), z.int()),
  }),
  output: tourSummary,
})
