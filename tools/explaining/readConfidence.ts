import { readMethodIds } from '../../attribution/index.ts'
import type { Attribution } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'
import { confidenceOf, type Confidence } from './confidence.ts'

/** What is stored about the error of an answer's scores. Throws attribution/unknown-method. */
export async function readConfidence(
  _ctx: Pick<ToolContext, 'store' | 'blobs'>,
  { method }: Pick<Attribution, 'receipt' | 'method'>,
): Promise<Confidence> {
  return confidenceOf({ methods: readMethodIds(method), linearError: null, rankPpm: null, fallback: null })
}
