import { expect, test } from 'vitest'
import { uselessBecause } from './judgeText.ts'

const question = 'What does the package zod do?'
test.each([
  [null, 'its text was erased'],
  ['  \n…', 'it is empty'],
  ['The package zod!', 'it repeats the question'],
  ['a b a b a b a b', 'it repeats itself'],
  ['It checks data against schemas.', undefined],
  ['a b a b a b a', undefined],
])('of %j it says %s', (answer, reason) => expect(uselessBecause(question, answer)).toBe(reason))
