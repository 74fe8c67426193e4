import { patched } from '@temporalio/workflow'
import type { z } from 'zod'
import { toWeiString, type WeiString } from '../../kernel/index.ts'
import { buyerInput } from '../../tools/definitions.ts'
import { parseInput } from '../parseInput.ts'
import { buyerGraph, type Bought, type NotBought } from './buyerGraph.ts'

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
