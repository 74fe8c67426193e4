import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { decide } from './decide.ts'
import { defineTool } from './defineTool.ts'

export const judgeAnswer = defineTool({
  name: 'judge_answer',
  summary:
    'Say whether an answer that was bought is of use: by the chat model where one is configured, else by a policy that knows empty, erased, repeating and parroting answers. Its text stays in the store.',
  effect: 'write',
  input: z.object({ receipt: digestString }),
  output: decide.output.extend({ option: z.enum(['useful', 'useless']) }),
})
