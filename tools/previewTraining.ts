import { z } from 'zod'
import { digestString, weiString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { trainingWish } from './trainAdapter.ts'
import { trainingRequest } from './trainingRequest.ts'

export const previewTraining = defineTool({
  name: 'preview_training',
  summary:
    'Say what a training would take before it starts: samples, payees, tokens, time (measured on this machine for a few seconds), memory, disk, cost, the licence verdict, what the samples’ owners would earn, and what is left out and why. Trains nothing and stores nothing.',
  effect: 'read',
  input: trainingWish,
  output: z.object({
    training: z.string().describe('the id under which it can be followed'),
    request: trainingRequest.describe('the wish, made whole'),
    datanet: z.string(),
    version: z.int(),
    base: z.string(),
    recipe: z.object({
      name: z.string(),
      digest: digestString,
      smooth: z.boolean().describe('whether the split inside a payee group can be computed from the run'),
      why: z.array(z.string()),
      parameters: z.int().describe('numbers of one adapter'),
    }),
    samples: z.int(),
    payees: z.int(),
    largest: z.array(z.object({ payee: z.string(), samples: z.int() })).describe('the payees with most samples'),
    groups: z.int(),
    heldOut: z.int(),
    validation: z.int(),
    steps: z.int(),
    tokens: z.object({
      tokens: z.int().describe('of all samples, once'),
      labels: z.int().describe('of them learned; prompts never are'),
      paddingPpm: z.int().describe('of what is computed'),
      promptsCut: z.int(),
      answersCut: z.int(),
    }),
    time: z.object({
      calibratedRows: z.int(),
      frozenSeconds: z.int(),
      trainingSeconds: z.int(),
      totalSeconds: z.int(),
    }),
    memory: z.object({ nowMiB: z.int(), peakMiB: z.int() }),
    disk: z.object({ scratchMiB: z.int(), keptMiB: z.int(), freeMiB: z.int() }),
    cost: z.object({
      chainId: z.int(),
      transactions: z.int(),
      needsApproval: z.boolean(),
      note: z.string(),
    }),
    licence: z.object({
      allowed: z.boolean(),
      licences: z.array(z.object({ licence: z.string(), samples: z.int(), allowed: z.boolean() })),
    }),
    earnings: z.object({
      answers: z.int(),
      promptTokens: z.int(),
      completionTokens: z.int(),
      feesWei: weiString,
      contributorsWei: weiString,
      perPayeeWei: weiString.describe('the mean; shares follow influence, not names'),
    }),
    refused: z.array(z.object({ why: z.string(), code: z.string(), samples: z.int() })),
    problems: z.array(z.object({ code: z.string(), what: z.string() })).describe('what would stop it from starting'),
    finished: digestString.nullable().describe('the adapter, when the same was trained before'),
  }),
})
