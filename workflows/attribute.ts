import { step } from './steps.ts'

/** Scores one settled answer. Its workflow id is made of the receipt's, so that it runs once for each answer. */
export async function attribute(receipt: string): Promise<{ receipt: string; attribution: string }> {
  return step.attribute_answer({ receipt })
}
