import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const attributeAnswer = defineTool({
  name: 'attribute_answer',
  summary:
    'Score a settled answer: counterfactual adapters per payee group, sample influence inside a group, quantised to integers and stored.',
  effect: 'write',
  input: z.object({ receipt: digestString }),
  output: z.object({ receipt: digestString, attribution: digestString }),
})
