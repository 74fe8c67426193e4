import { patched } from '@temporalio/workflow'
import { z } from 'zod'
import { digestString, toWeiString, weiString, type WeiString } from '../../kernel/index.ts'
import { parseInput } from '../parseInput.ts'
import { buyerGraph, type Bought, type NotBought } from './buyerGraph.ts'

export const buyerInput = z.object({
  model: z.string().min(1).describe('alias or adapter digest'),
  questions: z
    .array(z.object({ prompt: z.string().min(1), sample: digestString.optional() }))
    .min(1)
    .max(1_000),
  budgetWei: weiString,
  perPaymentCapWei: weiString.optional().describe('most that one answer may cost; by default the whole budget'),
  minimumAnswers: z.int().min(0).default(0).describe('nothing is bought when the budget cannot pay for so many'),
  maxTokens: z.int().min(1).max(1024).default(64),
  seed: z.int().min(0).default(1),
})

export type BuyerResult = {
  answers: Bought[]
  /** Questions without an answer, each with the reason. */
  notBought: NotBought[]
  spentWei: WeiString
  leftWei: WeiString
  /** Whether at least `minimumAnswers` were bought. */
  enough: boolean
}

/** The workflow of the buyer: asks a model questions and pays for each answer, within a budget. */
export async function buyer(input: z.input<typeof buyerInput>): Promise<BuyerResult> {
  const { perPaymentCapWei, minimumAnswers, ...rest } = parseInput('buyer', buyerInput, input)
  const { bought, notBought, spentWei, budgetWei } = await buyerGraph({
    ...rest,
    isHeld: patched('run-budget/1'),
    capWei: perPaymentCapWei ?? rest.budgetWei,
    minimum: minimumAnswers,
  })
  const leftWei = toWeiString(BigInt(budgetWei) - BigInt(spentWei))
  return { answers: bought, notBought, spentWei, leftWei, enough: bought.length >= minimumAnswers }
}
