import { TributaryError, type Digest } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'
import { trainingCard, type TrainingCard } from './trainingCard.ts'

/** A card by its digest, checked. Throws blobs/digest-mismatch, tools/other-version. */
export async function readTrainingCard({ blobs }: Pick<ToolContext, 'blobs'>, card: Digest): Promise<TrainingCard> {
  const parsed = trainingCard.safeParse(JSON.parse(new TextDecoder().decode(await blobs.get(card))))
  if (parsed.success) return parsed.data
  throw new TributaryError('The card of this adapter was written by another version of Tributary.', {
    code: 'tools/other-version',
    facts: {
      card,
      issues: parsed.error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.')}: ${message}`),
    },
    tryThis: 'go back to the version that wrote it, or train again',
  })
}
