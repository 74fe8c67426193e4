import fc from 'fast-check'
import { expect, test } from 'vitest'
import { html } from '../drawing/html.ts'
import { sharedWords } from './sharedWords.ts'
import { wordDifference } from './wordDifference.ts'

test('words of four letters and runs of three are shared, whatever their case; a lone short word is not', () => {
  const pieces = sharedWords('Set it up as a Schema, or do not.', 'The schema is set up: set it up as you like. Do!')
  expect(pieces.filter(({ shared }) => shared).map(({ text }) => text)).toEqual(['Set it up as', 'Schema'])
})

test('the pieces of a text make the text again, and nothing is shared with an empty one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (text, other) => {
      const joined = (pieces: { text: string }[]) => pieces.map((piece) => piece.text).join('')
      expect(joined(sharedWords(text, other))).toBe(text)
      expect(joined(sharedWords(text, text))).toBe(text)
      expect(sharedWords(text, '').every(({ shared }) => !shared)).toBe(true)
    }),
  )
})

test('of two answers the same words stay, the others are gone or new: 2 gone, 1 new of 5', () => {
  expect(wordDifference('use safeParse for one value', 'use parse for value')).toEqual([
    { text: 'use ', kind: 'same' },
    { text: 'safeParse ', kind: 'gone' },
    { text: 'parse ', kind: 'new' },
    { text: 'for ', kind: 'same' },
    { text: 'one ', kind: 'gone' },
    { text: 'value', kind: 'same' },
  ])
})

test('what is same or new makes the second text, what is same or gone the first, for any words', () => {
  const text = fc.array(fc.constantFrom('a', 'bb', 'c', 'dd', 'e'), { maxLength: 12 }).map((words) => words.join(' '))
  fc.assert(
    fc.property(text, text, (before, after) => {
      const words = (...kinds: string[]) =>
        wordDifference(before, after)
          .filter(({ kind }) => kinds.includes(kind))
          .flatMap((change) => change.text.split(/\s+/).filter(Boolean))
          .join(' ')
      expect(words('same', 'new')).toBe(after)
      expect(words('same', 'gone')).toBe(before)
    }),
  )
})

test('what is filled into a template is text; what a template made is not escaped twice', () => {
  const inner = html`<b>${'<i>'}</b>`
  expect(html`<p title="${'"'}">${[inner, 1, undefined]}</p>`.text).toBe('<p title="&#34;"><b>&#60;i&#62;</b>1</p>')
})
