import { expect, test } from 'vitest'
import { decodePayment } from './decodePayment.ts'
import { decodeExact } from './exactPayload.ts'

const accepted = { network: 'eip155:1', asset: `0x${'1'.repeat(40)}`, amount: '1', payTo: `0x${'2'.repeat(40)}` }
const payment = (scheme: string, payload: object) => ({
  'PAYMENT-SIGNATURE': Buffer.from(
    JSON.stringify({ x402Version: 2, accepted: { ...accepted, scheme, maxTimeoutSeconds: 9 }, payload }),
  ).toString('base64'),
})

test.each([
  ['payment/required', {}],
  ['payment/old-version', { 'X-PAYMENT': 'e30=' }],
  ['payment/old-version', { 'PAYMENT-SIGNATURE': Buffer.from('{"x402Version":1}').toString('base64') }],
  ['payment/malformed', { 'PAYMENT-SIGNATURE': '%%%' }],
  ['payment/malformed', { 'PAYMENT-SIGNATURE': Buffer.from('{"x402Version":2').toString('base64') }],
  ['payment/malformed', { 'PAYMENT-SIGNATURE': Buffer.from('{"x402Version":2,"accepted":{}}').toString('base64') }],
  ['payment/malformed', { 'PAYMENT-SIGNATURE': Buffer.from('null').toString('base64') }],
  ['payment/malformed', payment('exact', { signature: '0x', authorization: {} })],
  ['payment/wrong-scheme', payment('barter', {})],
  ['payment/too-large', { 'PAYMENT-SIGNATURE': 'A'.repeat(1_000_000) }],
])('a header that is %s', (code, headers: Record<string, string>) => {
  expect(() => decodePayment((name) => headers[name], [{ id: 'exact', decode: decodeExact }])).toThrowError(
    expect.objectContaining({ code }),
  )
})
