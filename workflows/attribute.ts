import type { Digest } from '../kernel/index.ts'
import { step } from './steps.ts'

/** Scores one settled answer. Its workflow id is made of the receipt's, so that it runs once for each answer. */
export async function attribute(receipt: Digest): Promise<{ receipt: Digest; attribution: Digest }> {
  return step.attribute_answer({ receipt })
}
