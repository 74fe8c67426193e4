import { z } from 'zod'
import { digestString, weiString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const postBond = defineTool({
  name: 'post_bond',
  summary:
    'Post a bond that a registered adapter and its counterfactual adapters are what their plan makes, and write the bundle from which strangers train drawn ones again. The bond is lost where one of them differs.',
  effect: 'spend',
  input: z.object({
    adapter: digestString,
    bondWei: weiString.optional().describe('the least that the contract takes unless given; see docs/trust.md'),
  }),
  mostWei: ({ bondWei }) => bondWei,
  output: z.object({
    adapter: digestString,
    bundle: digestString.describe('blob to hand to whoever asks: plan, card, samples'),
    plan: digestString,
    machine: digestString,
    members: z.int().describe('the adapter and its counterfactual adapters'),
    bondWei: weiString,
    transaction: z.string(),
  }),
})
