import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const chooseQuestions = defineTool({
  name: 'choose_questions',
  summary:
    'Draw questions from the held-out samples of a Datanet version, seeded; `skip` leaves out those of earlier rounds.',
  effect: 'read',
  input: z.object({
    datanetRoot: digestString,
    count: z.int().min(1).max(1000),
    seed: z.int().min(0),
    skip: z.int().min(0).default(0),
  }),
  output: z.object({ questions: z.array(z.object({ sample: digestString, prompt: z.string() })) }),
})
