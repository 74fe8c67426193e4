import type { CurationRule } from '../rule.ts'

export const qualityShort: CurationRule = {
  id: 'quality/short',
  about: 'A sample must say something.',
  check: ({ prompt, completion }, { minCharacters }) => {
    const length = prompt.trim().length + completion.trim().length
    return length < minCharacters
      ? `It has ${length} characters, fewer than ${minCharacters}. Say more, or join it with what stands beside it.`
      : undefined
  },
}

export const qualityLong: CurationRule = {
  id: 'quality/long',
  about: 'A sample must fit into training.',
  check: ({ completion }, { maxCharacters }) =>
    completion.length > maxCharacters
      ? `The completion has ${completion.length} characters, more than ${maxCharacters}. Cut it into parts that stand alone.`
      : undefined,
}
