import { z } from 'zod'
import { addressString, digestString, weiString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const bondCase = z.object({
  slot: z.int(),
  member: z.int().describe('0: the adapter itself; g + 1: the counterfactual adapter without group g'),
  committed: digestString,
  outcome: z.enum(['none', 'open', 'unverified', 'attested', 'upheld']),
  leader: digestString.nullable().describe('the digest with most opened reports'),
  round: z.int(),
  reports: z.int(),
  revealed: z.int(),
  commitEnds: z.int().describe('seconds since 1970'),
  revealEnds: z.int().describe('seconds since 1970'),
})

export const bondStatus = defineTool({
  name: 'bond_status',
  summary:
    'Say who answers for an adapter with how much, which of its counterfactual adapters were drawn to be trained again, and what strangers reported. Reads only.',
  effect: 'read',
  open: true,
  input: z.object({ adapter: digestString }),
  output: z.object({
    adapter: digestString,
    verdict: z
      .enum(['no bond', 'not drawn', 'open', 'attested', 'partly attested', 'unverified', 'slashed'])
      .describe('unverified: drawn, and nobody reported; partly attested: on some of the drawn nobody reported'),
    poster: addressString.nullable(),
    bondWei: weiString,
    lockedWei: weiString,
    bundle: digestString.nullable(),
    members: z.int(),
    drawBlock: z.int(),
    cases: z.array(bondCase),
  }),
})
