import { expect, test } from 'vitest'
import { findError } from './findError.ts'
import { TributaryError } from './TributaryError.ts'

const original = new TributaryError('Too little was paid.', {
  code: 'payment/underfunded',
  facts: { askedWei: '10', offeredWei: '9' },
  tryThis: 'ask for a fresh quote',
  retry: true,
})
const wire: unknown = JSON.parse(JSON.stringify(original))
const wrap = (cause: unknown, times: number): unknown =>
  Array.from({ length: times }).reduce<unknown>((inner) => new Error('wrapped', { cause: inner }), cause)

test('an error of ours is found itself, alone and 15 causes deep, not 16', () => {
  expect(findError(original)).toBe(original)
  expect(findError(wrap(original, 15))).toBe(original)
  expect(findError(wrap(original, 16))).toBeUndefined()
})

test('the wire form round-trips every field, from the failure itself and from details[0] of a cause, as Temporal carries it', () => {
  const failure = {
    message: 'Workflow failed',
    cause: { message: 'Activity failed', cause: { type: 'x', details: [wire] } },
  }
  for (const carrier of [wire, failure]) {
    const found = findError(carrier)
    expect(found).toBeInstanceOf(TributaryError)
    expect(found?.toJSON()).toEqual(wire)
    expect(found?.cause).toBe(carrier)
  }
})

test('without a next step the wire form has no tryThis, and none comes back', () => {
  const plain = new TributaryError('No.', { code: 'room/what' })
  const sent: unknown = JSON.parse(JSON.stringify(plain))
  expect(sent).toEqual({ code: 'room/what', message: 'No.', facts: {}, retry: false })
  expect(findError(sent)?.toJSON()).toEqual(sent)
})

test('a nearer error of ours hides the one behind it', () => {
  const outer = new TributaryError('Outer.', { code: 'room/outer', cause: original })
  expect(findError(wrap(outer, 2))).toBe(outer)
})

test('a system error, a code without a room, null facts, text, numbers, nothing and a loop of causes are not ours', () => {
  const loop: { cause?: unknown } = {}
  loop.cause = loop
  const half = { ...original.toJSON(), code: 'ENOENT' }
  const nullFacts = { ...original.toJSON(), facts: null }
  const { retry: _, ...noRetry } = original.toJSON()
  const strangers = [
    new Error('x'),
    half,
    nullFacts,
    noRetry,
    { details: [] },
    { details: null },
    'text',
    7,
    null,
    undefined,
    loop,
  ]
  for (const stranger of strangers) expect(findError(stranger)).toBeUndefined()
})
