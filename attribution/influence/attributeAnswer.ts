import { TributaryError, type Attribution } from '../../kernel/index.ts'
import type { AnswerQuery, AttributionMethod } from './AttributionMethod.ts'
import { composeAttribution, type ScoredAnswer } from './composeAttribution.ts'

/**
 * Scores one answer with a group method and a sample method, whichever they are, and composes the record.
 * Cost: that of the two methods. Throws attribution/method-role when one stands in the other's place, and as they do.
 */
export async function attributeAnswer({
  query,
  group,
  sample,
  ...answer
}: {
  query: AnswerQuery
  group: AttributionMethod
  sample: AttributionMethod
} & Omit<ScoredAnswer, 'methods' | 'groupScores' | 'sampleScores'>): Promise<Attribution> {
  if (group.role !== 'group' || sample.role !== 'sample') {
    throw new TributaryError('An attribution needs one method for groups and one for samples.', {
      code: 'attribution/method-role',
      facts: { group: group.id, groupRole: group.role, sample: sample.id, sampleRole: sample.role },
      tryThis: 'pass the method for payee groups as group, the one for samples as sample',
    })
  }
  const groupScores = await group.score(query)
  const sampleScores = await sample.score(query)
  return composeAttribution({ ...answer, methods: { group: group.id, sample: sample.id }, groupScores, sampleScores })
}
