import fc from 'fast-check'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tinyBase, type Tokenizer } from '../index.ts'
import { AnswerText } from './AnswerText.ts'

let home: string
let tokenizer: Tokenizer
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'text-'))
  tokenizer = (await tinyBase(home)).tokenizer
})
afterAll(() => rmSync(home, { recursive: true }))

test('a character of 4 bytes is streamed when its last byte is there, and pieces join to the text', () => {
  const stream = new AnswerText(tokenizer)
  const pieces = tokenizer.encode('a🌊é').map((id) => stream.push(id))
  expect(pieces).toEqual(['a', '', '', '', '🌊', '', 'é'])
})

/** Tokens of any lengths over a small alphabet, so that stop strings fall across their borders. */
const words = ['a', 'b', 'ab', 'ba', 'aab', 'c', 'bc', 'é', 'cab', '']
const wide: Pick<Tokenizer, 'decode'> = { decode: (ids) => ids.map((id) => words[id]).join('') }
const answer = fc.array(fc.nat(words.length - 1), { maxLength: 30 })
const stops = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é'), minLength: 1, maxLength: 5 }), {
  maxLength: 4,
})

/** The whole text is looked at anew after each token. */
function slow(ids: readonly number[], given: readonly string[]): { tokens: number; text: string; isStopped: boolean } {
  for (let tokens = 0; tokens <= ids.length; tokens++) {
    const text = wide.decode(ids.slice(0, tokens))
    const found = given.map((stop) => text.indexOf(stop)).filter((at) => at >= 0)
    if (found.length > 0) return { tokens, text: text.slice(0, Math.min(...found)), isStopped: true }
  }
  return { tokens: ids.length, text: wide.decode(ids), isStopped: false }
}

test('stop strings end an answer where a search of the whole text after each token does, whatever the borders of tokens', () => {
  let stopped = 0
  fc.assert(
    fc.property(answer, stops, (ids, given) => {
      const text = new AnswerText(wide, given)
      let tokens = 0
      let streamed = ''
      while (tokens < ids.length && !text.isStopped) streamed += text.push(ids[tokens++]!)
      const wanted = slow(ids, given)
      expect({ tokens, text: text.text, isStopped: text.isStopped }).toEqual(wanted)
      expect(wanted.text.startsWith(streamed)).toBe(true)
      // What is held back at the end is the beginning of a stop string and nothing else.
      const held = wanted.text.slice(streamed.length)
      if (text.isStopped) expect(held).toBe('')
      else expect(held === '' || given.some((stop) => stop.startsWith(held))).toBe(true)
      stopped += Number(text.isStopped)
    }),
    { numRuns: 2_000, seed: 3 },
  )
  expect(stopped).toBeGreaterThan(500)
})

test('a stop string of 3 bytes that come one by one is never streamed in part', () => {
  const text = new AnswerText(tokenizer, ['→b'])
  const pieces = tokenizer.encode('a→c→bd').map((id) => (text.isStopped ? 'over' : text.push(id)))
  expect(pieces).toEqual(['a', '', '', '', '→c', '', '', '', '', 'over'])
  expect(text.text).toBe('a→c')
})
