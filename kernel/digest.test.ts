import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalBytes } from './canonicalBytes.ts'
import { digestBytes, digestOf, digestText } from './digest.ts'
import { digestString } from './schemas.ts'

test('the digests of nothing and of "abc" are the vectors of FIPS 180-4', () => {
  expect(digestBytes(new Uint8Array())).toBe('0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  expect(digestText('abc')).toBe('0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

test('digests equal those of OpenSSL for bytes, text and values (500 cases of up to 300 bytes)', () => {
  const openssl = (bytes: Uint8Array) => `0x${createHash('sha256').update(bytes).digest('hex')}`
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: 'binary' }),
      fc.dictionary(fc.string(), fc.nat()),
      (bytes, text, value) => {
        expect(digestBytes(bytes)).toBe(openssl(bytes))
        expect(digestText(text)).toBe(openssl(Buffer.from(text, 'utf8')))
        expect(digestOf(value)).toBe(openssl(canonicalBytes(value)))
        expect(digestString.parse(digestBytes(bytes))).toBe(digestBytes(bytes))
      },
    ),
    { numRuns: 500 },
  )
})

test('a value and its text are different things: the digest of "1" as a value is that of 3 bytes', () => {
  expect(digestOf('1')).toBe(digestText('"1"'))
  expect(digestOf('1')).not.toBe(digestOf(1))
})
