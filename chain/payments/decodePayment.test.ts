import { expect, test } from 'vitest'
import { decodePayment } from './decodePayment.ts'

test.each([
  ['payment/required', {}],
  ['payment/old-version', { 'X-PAYMENT': 'e30=' }],
  ['payment/old-version', { 'PAYMENT-SIGNATURE': Buffer.from('{"x402Version":1}').toString('base64') }],
  ['payment/malformed', { 'PAYMENT-SIGNATURE': '%%%' }],
  ['payment/malformed', { 'PAYMENT-SIGNATURE': Buffer.from('{"x402Version":2').toString('base64') }],
  ['payment/malformed', { 'PAYMENT-SIGNATURE': Buffer.from('{"x402Version":2,"accepted":{}}').toString('base64') }],
  ['payment/malformed', { 'PAYMENT-SIGNATURE': Buffer.from('null').toString('base64') }],
  ['payment/too-large', { 'PAYMENT-SIGNATURE': 'A'.repeat(1_000_000) }],
])('a header that is %s', (code, headers: Record<string, string>) => {
  expect(() => decodePayment((name) => headers[name])).toThrowError(expect.objectContaining({ code }))
})
