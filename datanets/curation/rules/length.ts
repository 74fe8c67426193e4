import type { Sample } from '../../../kernel/index.ts'
import type { CurationRule } from '../rule.ts'

export const qualityShort: CurationRule = {
  id: 'quality/short',
  about: 'A sample must say something.',
  check: (sample, { minCharacters }) => {
    const length = lengthOf(sample)
    return length < minCharacters
      ? `It has ${length} characters, fewer than ${minCharacters}. Say more, or join it with what stands beside it.`
      : undefined
  },
  doubt: (sample, { minCharacters }) => {
    const length = lengthOf(sample)
    return length * 2 < minCharacters * 3
      ? `It has only ${length} characters, where ${minCharacters} are the least. Say more, or join it with what stands beside it.`
      : undefined
  },
}

const lengthOf = ({ prompt, completion }: Sample) => prompt.trim().length + completion.trim().length

export const qualityLong: CurationRule = {
  id: 'quality/long',
  about: 'A sample must fit into training.',
  check: ({ completion }, { maxCharacters }) =>
    completion.length > maxCharacters
      ? `The completion has ${completion.length} characters, more than ${maxCharacters}. Cut it into parts that stand alone.`
      : undefined,
}
