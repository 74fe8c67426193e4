import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { permissiveLicences } from '../licence.ts'
import { judgeSamples } from '../curate.ts'
import { doubtAbout } from '../doubtAbout.ts'
import { defaultCurationOptions, type CurationOptions } from '../rule.ts'
import { sampleOf } from '../../testing.ts'
import { findIban } from './bankAccount.ts'
import { findCard } from './creditCard.ts'
import { findEmail } from './email.ts'
import { findPhone } from './phone.ts'
import { findPrivateKey } from './privateKey.ts'
import { findSecret } from './secret.ts'
import { sampleRules } from './index.ts'

const ruleOf = async (given: Parameters<typeof sampleOf>[0], options: Partial<CurationOptions> = {}) =>
  (await judgeSamples([sampleOf(given)], { ...defaultCurationOptions, ...options }))[0]!.rule
const prose = 'The function reads a file line by line and calls back with each of them. '

test('an ordinary sample passes all 19 rules, whose ids are all different', async () => {
  expect(await ruleOf({})).toBe('none')
  expect(new Set(sampleRules.map(({ id }) => id)).size).toBe(19)
  expect(sampleRules).toHaveLength(19)
})

test.each([
  ['MIT', 'none'],
  ['Apache 2', 'none'],
  ['(MIT OR GPL-3.0-only)', 'none'],
  ['MPL-2.0', 'none'],
  ['CC-BY-4.0', 'none'],
  ['MIT AND GPL-3.0-only', 'licence/incompatible'],
  ['LGPL-3.0', 'licence/incompatible'],
  ['CC-BY-SA-4.0', 'licence/incompatible'],
  ['CC-BY-NC-4.0', 'licence/incompatible'],
  ['UNLICENSED', 'licence/unknown'],
  ['SEE LICENSE IN LICENSE.md', 'licence/unknown'],
  ['', 'licence/missing'],
])('the licence %j is decided by %s', async (licence, rule) => expect(await ruleOf({ licence })).toBe(rule))

test('a Datanet may take CC-BY-SA-4.0', async () => {
  expect(await ruleOf({ licence: 'CC-BY-SA-4.0' }, { allowedLicences: [...permissiveLicences, 'CC-BY-SA-4.0'] })).toBe(
    'none',
  )
})

test.each([
  ['write to maria.lopez@gmail.com now', true],
  ['Mail <p.k+x@firma.co.uk>', true],
  ['me@aviv.sh', true],
  ['user@example.com', false],
  ['git@github.com:org/repo.git', false],
  ['see icon@2x.png', false],
  ['lib@next.js', false],
  ['npm i zod@latest', false],
  ['https://user:pass@host.com/x', false],
  ['security@company.io', false],
  ['you@yourcompany.com', false],
  ['john.doe@mail.com', false],
  ['noreply@github.com', false],
  ['@types/node@24.10.1', false],
  ['2020@nei.nih.gov', false],
])('in %j, the presence of a personal e-mail address is %s', (text, found) => expect(findEmail(text) >= 0).toBe(found))

test.each([
  ['call +49 30 901820 today', true],
  ['+44 7911 123456', true],
  ['Phone: (212) 664-7665', true],
  ['phone +1 202 555 0143', false],
  ['Tel. 1-800-422-6237', false],
  ['version 10.20.30 and +1 for it', false],
  ['sum +1234567890123456', false],
  ['0x1234567890abcdef', false],
  ['at 1700000000000 ms', false],
])('in %j, the presence of a phone number is %s', (text, found) => expect(findPhone(text) >= 0).toBe(found))

test('an IBAN needs country, length and check digits; examples of standards pass', () => {
  expect(findIban('to DE02 1203 0000 0000 2020 51 please')).toBe(3)
  expect(findIban('to DE02 1203 0000 0000 2020 52 please')).toBe(-1)
  expect(findIban('GB82 WEST 1234 5698 7654 32')).toBe(-1)
  expect(findIban('ZZ02 1203 0000 0000 2020 51')).toBe(-1)
})

test('a card needs brand and check digit; test numbers, hashes and decimals pass', () => {
  expect(findCard('card 4539 1488 0343 6467.')).toBe(5)
  expect(findCard('card 4539148803436467')).toBe(5)
  expect(findCard('card 4539148803436468')).toBe(-1)
  expect(findCard('card 4242 4242 4242 4242')).toBe(-1)
  expect(findCard('0.4539148803436467')).toBe(-1)
  expect(findCard('id-4539148803436467')).toBe(-1)
  expect(findCard('9939148803436467')).toBe(-1)
})

test('a token, a key file and a login in a URL are secrets; placeholders are none', async () => {
  // Put together here, so that no scanner finds them in this file.
  const token = ['ghp', 'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'].join('_')
  expect(await findSecret(`token ${token}`)).toMatchObject({ kind: expect.stringContaining('github'), index: 6 })
  expect(await findSecret(`for example use ${token}`)).toBeDefined()
  expect(await findSecret(['postgres://deploy', 'Xk29fQtr77@db.internal.net:5432/main'].join(':'))).toBeDefined()
  expect(await findSecret('postgres://user:password@host:5432/db')).toBeUndefined()
  expect(await findSecret('mongodb://localhost/test and AKIAIOSFODNN7EXAMPLE')).toBeUndefined()
  expect(await findSecret(prose)).toBeUndefined()
})

test('a raw private key is one where it is called so; a digest and the key of the local chain are none', () => {
  const key = '9f3c1a7be4d20586'.repeat(3) + '17a4c2e98b60f35d'
  expect(findPrivateKey(`PRIVATE_KEY=0x${key}`)).toBe(0)
  expect(findPrivateKey(`sha256: 0x${key}`)).toBe(-1)
  expect(findPrivateKey('private key: 0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80')).toBe(-1)
})

test.each([
  ['quality/short', { prompt: 'a', completion: 'b' }],
  ['quality/long', { completion: prose.repeat(200) }],
  ['quality/unreadable', { completion: `ok ${'\u0001\ufffd'.repeat(20)}` }],
  ['quality/licence-text', { source: 'a@1#⚖️ License', completion: prose }],
  ['quality/licence-text', { completion: 'Permission is hereby granted, free of charge, to any person' }],
  ['quality/sponsors', { source: 'a@1#Sponsors 💸', completion: prose }],
  ['quality/people', { source: 'a@1#Author', completion: prose }],
  ['quality/contents', { completion: '- [Install](#install)\n- [Use](#use)\n  - [`x[y]`](#xy)\nThat is all.' }],
  [
    'quality/badges',
    {
      completion:
        '[![Build][b]][c]\n[![Size][s]][c]\n\nFast.\n\n[b]: https://a.io/b.svg\n[s]: https://a.io/s.svg\n[c]: https://a.io',
    },
  ],
  [
    'quality/html',
    { completion: '<table><tr><td>one</td><td>two words</td></tr><tr><td>three</td><td>four more</td></tr></table>' },
  ],
  ['quality/repetitive', { completion: 'buy now '.repeat(50) }],
  ['pii/email', { completion: `${prose}Write to maria.lopez@gmail.com.` }],
])('%s rejects what it is for', async (rule, given) => expect(await ruleOf(given)).toBe(rule))

test.each([
  ['a link in prose', `${prose}See [the guide](https://example.com/guide).`],
  ['HTML in code', '```html\n<table><tr><td>one</td></tr></table>\n```'],
  ['a key in angle brackets', '<Esc><u>'],
  ['code with generics', 'const map = new Map<string, Promise<Result<T>>>()'],
  ['a section that mentions the licence', `${prose}It has the MIT licence.`],
])('%s passes', async (_, completion) => expect(await ruleOf({ completion })).toBe('none'))

test('no reason repeats the personal datum or the secret itself', async () => {
  const found = ['maria.lopez@gmail.com', '+49 30 901820', 'DE02120300000000202051', '4539148803436467']
  for (const datum of found) {
    const [decision] = await judgeSamples([sampleOf({ completion: `${prose}It is ${datum}.` })])
    expect(decision).toMatchObject({ verdict: 'reject', rule: expect.stringMatching(/^pii\//) })
    expect(decision!.reason).not.toContain(datum)
    expect(decision!.reason).toContain('line 2')
  }
})

test.each(['@noble/hashes', 'viem', 'pino', 'drizzle-orm'])('the README of %s holds no secret', async (name) => {
  const text = await readFile(new URL(`../../../node_modules/${name}/README.md`, import.meta.url), 'utf8')
  expect(text.length).toBeGreaterThan(1000)
  expect(await findSecret(text)).toBeUndefined()
  expect(findPrivateKey(text)).toBe(-1)
})

test.each([
  ['a short text', { prompt: 'Why?', completion: 'It does not say.' }, 'quality/short'],
  ['pictures with some text', { completion: '![a](https://a.example/b.svg) words of text '.repeat(4) }, 'quality/badges'],
  ['tags with some text', { completion: '<p align="x">Some words of prose</p> and then more of them too. '.repeat(2) }, 'quality/html'],
  ['a text that goes in circles', { completion: 'one two three four five six seven '.repeat(10) }, 'quality/repetitive'],
  ['an ordinary one', {}, undefined],
])('%s passes, and what is doubted is %s', async (_, given, rule) => {
  expect(await ruleOf(given)).toBe('none')
  expect(doubtAbout(sampleOf(given))?.rule).toBe(rule)
}) // prettier-ignore
