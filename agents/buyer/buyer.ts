import { patched } from '@temporalio/workflow'
import type { z } from 'zod'
import { toWeiString, type WeiString } from '../../kernel/index.ts'
import { buyerInput, type AgentDecision } from '../../tools/definitions.ts'
import { parseInput } from '../parseInput.ts'
import { buyerGraph, type Bought, type Judged, type NotBought } from './buyerGraph.ts'

export type BuyerResult = {
  answers: Bought[]
  /** Questions without an answer, each with the reason. */
  notBought: NotBought[]
  spentWei: WeiString
  leftWei: WeiString
  /** Whether at least `minimumAnswers` were bought. */
  enough: boolean
  /** Where it chose the model itself: which, and who decided. */
  model?: string
  decisions?: AgentDecision[]
  /** What it thinks of the answers, where it was asked to. */
  judged?: Judged[]
}

/** The workflow of the buyer: finds a model unless one is named, asks it questions and pays for each answer, within a budget. */
export async function buyer(input: z.input<typeof buyerInput>): Promise<BuyerResult> {
  const { perPaymentCapWei, minimumAnswers, model = '', judge, ...rest } = parseInput('buyer', buyerInput, input)
  const ended = await buyerGraph({
    ...rest,
    model,
    ...(judge ? { isJudged: true } : {}),
    isHeld: patched('run-budget/1'),
    capWei: perPaymentCapWei ?? rest.budgetWei,
    minimum: minimumAnswers,
  })
  const { bought, notBought, spentWei, budgetWei, decisions, judged } = ended
  const leftWei = toWeiString(BigInt(budgetWei) - BigInt(spentWei))
  return {
    answers: bought,
    notBought,
    spentWei,
    leftWei,
    enough: bought.length >= minimumAnswers,
    ...(model === '' ? { model: ended.model, decisions } : {}),
    ...(judge ? { judged } : {}),
  }
}
