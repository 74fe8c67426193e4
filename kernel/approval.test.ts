import { expect, test } from 'vitest'
import { approvalRefused, approvalRequestIn, approvalRequired, canonicalAction } from './approval.ts'
import { digestText } from './digest.ts'
import { TributaryError } from './TributaryError.ts'

test('an action is RFC 8785 text whatever the order of its keys, fractions and absent fields included', () => {
  const { action, digest } = canonicalAction({ b: [1.5, 1e21], a: { 10: 'é', 9: undefined, 2: null } })
  expect(action).toBe('{"a":{"10":"é","2":null},"b":[1.5,1e+21]}')
  expect(digest).toBe(digestText(action))
  expect(canonicalAction({ a: { 2: null, 10: 'é' }, b: [1.5, 1e21] })).toEqual({ action, digest })
  expect(canonicalAction({ wei: '1' }).digest).not.toBe(canonicalAction({ wei: '01' }).digest)
  expect(() => canonicalAction({ text: 'half \ud800' })).toThrow(
    expect.objectContaining({ code: 'kernel/not-canonical' }) as Error,
  )
})

test('a request comes back out of an error that crossed a process, and out of no other', () => {
  const request = { ...canonicalAction({ pay: 1 }), expiresAtMs: 5 }
  const wire = { cause: { details: [JSON.parse(JSON.stringify(approvalRequired(request).toJSON()))] } }
  expect(approvalRequestIn(wire)).toEqual(request)
  expect(approvalRequestIn(approvalRefused('denied', {}))).toBeUndefined()
  expect(
    approvalRequestIn(new TributaryError('?', { code: 'approval/required', facts: { digest: 1 } })),
  ).toBeUndefined()
  expect(approvalRequestIn(new Error('no'))).toBeUndefined()
})
