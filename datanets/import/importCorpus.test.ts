import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestText, type Address, type PayeeId } from '../../kernel/index.ts'
import { commitTo } from '../contributions/commitment.ts'
import { signContribution } from '../contributions/signContribution.ts'
import { noCommitment, nobody } from '../contributions/typedData.ts'
import { makeSample } from '../makeSample.ts'
import { importCorpus, type ImportOptions } from './importCorpus.ts'

let folder = ''
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'datanets-'))))
afterAll(() => rm(folder, { recursive: true }))

const put = async (name: string, content: string | Uint8Array) => {
  const path = join(folder, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
  return path
}
const line = (i: number, more: object = {}) =>
  JSON.stringify({
    prompt: `Question ${i}?`,
    completion: `Answer ${i}.`,
    contributor: 'Red Team',
    licence: 'MIT',
    ...more,
  })
const read = (path: string, options: Partial<ImportOptions> = {}) =>
  importCorpus(path, { datanet: 'rules', ...options })
const refusal = (code: string, facts: object = {}): unknown =>
  expect.objectContaining({ code, facts: expect.objectContaining(facts), tryThis: expect.any(String) })

test('reads JSONL of 3 lines in their order, with contributor as name: payee and file:line as source', async () => {
  const { samples, repeated, files } = await read(await put('a.jsonl', `${line(1)}\n\n${line(2)}\r\n${line(3)}\n`))
  expect(samples.map(({ sample }) => sample)).toEqual(
    [1, 3, 4].map((at, i) =>
      makeSample({
        prompt: `Question ${i + 1}?`,
        completion: `Answer ${i + 1}.`,
        payee: 'name:Red Team' as PayeeId,
        licence: 'MIT',
        source: `a.jsonl:${at}`,
      }),
    ),
  )
  expect([repeated, files]).toEqual([0, 1])
})

test('the same 2 records give the same ids from JSONL and from CSV with quotes and line breaks', async () => {
  const rows = [{ source: 'x#1', completion: 'A "quoted",\ntwo-line answer.' }, { source: 'x#2' }].map((more, i) =>
    line(i, more),
  )
  const csv = [
    'prompt,completion,contributor,licence,source',
    '"Question 0?","A ""quoted"",\ntwo-line answer.",Red Team,MIT,x#1',
    'Question 1?,Answer 1.,Red Team,MIT,x#2',
  ].join('\n')
  const ids = async (path: string) => (await read(path)).samples.map(({ sample }) => sample.id)
  expect(await ids(await put('b.csv', csv))).toEqual(await ids(await put('b.jsonl', rows.join('\n'))))
})

test('reads 3 rows of a Parquet file, and names what is no Parquet', async () => {
  const path = fileURLToPath(new URL('./fixtures/three.parquet', import.meta.url))
  const { samples } = await read(path)
  expect(samples.map(({ sample }) => [sample.payee, sample.source])).toEqual([
    ['name:Red Team', 'rules.md#1'],
    ['name:Red Team', 'rules.md#2'],
    ['name:Blue Team', 'rules.md#3'],
  ])
  await expect(read(await put('c.parquet', 'PAR1 no'))).rejects.toEqual(
    refusal('datanets/bad-parquet', { file: 'c.parquet' }),
  )
})

test('a folder gives sections by sub-folder, with the licence of the nearest SPDX line', async () => {
  const long = (word: string) => `${word} `.repeat(40)
  await put('f/LICENSE', 'SPDX-License-Identifier: MIT\n')
  await put('f/red/guide.md', `# Guide\n\n${long('alpha')}\n\n## Install\n\n${long('beta')}\n\n## Short\n\nno.`)
  await put('f/blue/LICENCE.txt', 'SPDX-License-Identifier: CC-BY-4.0')
  await put('f/blue/notes.txt', `${long('gamma')}\n\nshort\n\n${long('delta')}`)
  const { samples } = await read(join(folder, 'f'))
  expect(
    samples.map(({ sample }) => [sample.payee, sample.licence, sample.source, sample.prompt.slice(0, 26)]),
  ).toEqual([
    ['name:blue', 'CC-BY-4.0', 'blue/notes.txt#1', 'Continue this text: gamma '],
    ['name:blue', 'CC-BY-4.0', 'blue/notes.txt#5', 'Continue this text: delta '],
    ['name:red', 'MIT', 'red/guide.md#Guide', 'What is guide?'],
    ['name:red', 'MIT', 'red/guide.md#Install', 'How do I install guide?'],
  ])
})

test('a bad line 17 of 20 is named with its column, and nothing is returned', async () => {
  const lines = Array.from({ length: 20 }, (_, i) => line(i))
  lines[16] = '{"prompt": "x", oops}'
  await expect(read(await put('d.jsonl', lines.join('\n')))).rejects.toEqual(
    refusal('datanets/bad-json', { file: 'd.jsonl', line: 17, column: 17 }),
  )
  lines[16] = '{"prompt": "x"'
  await expect(read(await put('d.jsonl', lines.join('\n')))).rejects.toEqual(
    refusal('datanets/bad-json', { line: 17, column: 15 }),
  )
})

test.each<[string, string, string | Uint8Array, object]>([
  ['empty', 'datanets/empty', '', {}],
  ['white space alone', 'datanets/empty', ' \n\n', {}],
  ['binary', 'datanets/binary', new Uint8Array([65, 10, 66, 0, 67]), { line: 2, column: 2 }],
  ['not UTF-8', 'datanets/not-utf8', new Uint8Array([65, 10, 195, 164, 66, 255, 67]), { line: 2, column: 3 }],
  ['an array', 'datanets/bad-record', '[1]', { line: 1 }],
  ['a number as prompt', 'datanets/bad-record', line(1, { prompt: 5 }), { field: 'prompt' }],
  ['no text', 'datanets/no-text', line(1, { completion: null }), { line: 1 }],
  ['a blank text', 'datanets/not-text', line(1, { completion: ' ' }), { line: 1 }],
  ['half a character', 'datanets/not-text', line(1, { completion: 'a \ud800 b' }), { line: 1 }],
  ['no contributor', 'datanets/no-contributor', line(1, { contributor: '' }), { line: 1 }],
  ['a contributor with a control', 'datanets/bad-contributor', line(1, { contributor: 'a\u0007b' }), { line: 1 }],
  ['no licence', 'datanets/no-licence', `${line(1)}\n${line(2, { licence: undefined })}`, { line: 2 }],
  ['an unknown licence', 'datanets/unknown-licence', line(1, { licence: 'do what feels right' }), { line: 1 }],
  [
    'a sample of 70,000 characters',
    'datanets/oversize',
    line(1, { completion: 'x'.repeat(70_000) }),
    { maxCharacters: 65_536 },
  ],
])('refuses %s as %s', async (_, code, content, facts) => {
  await expect(read(await put('e.jsonl', content))).rejects.toEqual(refusal(code, { file: 'e.jsonl', ...facts }))
})

test('refuses what is missing, of another format, too large, too many, and CSV with a field too many', async () => {
  await expect(read(join(folder, 'nowhere.jsonl'))).rejects.toEqual(
    refusal('datanets/missing', { file: 'nowhere.jsonl' }),
  )
  await expect(read(await put('a.docx', 'x'))).rejects.toEqual(refusal('datanets/unknown-format', { ending: '.docx' }))
  const path = await put('g.jsonl', [1, 2, 3].map((i) => line(i)).join('\n'))
  await expect(read(path, { limits: { fileBytes: 100 } })).rejects.toEqual(
    refusal('datanets/oversize', { maxBytes: 100 }),
  )
  await expect(read(path, { limits: { samples: 2 } })).rejects.toEqual(refusal('datanets/oversize', { samples: 3 }))
  const csv = 'prompt,completion,contributor,licence\na,b,c,MIT\na,b,c,MIT,d'
  await expect(read(await put('g.csv', csv))).rejects.toEqual(refusal('datanets/bad-csv', { line: 3 }))
  await mkdir(join(folder, 'hollow'))
  await expect(read(join(folder, 'hollow'))).rejects.toEqual(refusal('datanets/empty'))
})

test('a licence for the whole corpus, or leaving it to curation, lets a record without one in', async () => {
  const path = await put('h.jsonl', line(1, { licence: undefined }))
  expect((await read(path, { licence: 'apache 2' })).samples[0]!.sample.licence).toBe('Apache-2.0')
  expect((await read(path, { unknownLicence: 'curate' })).samples[0]!.sample.licence).toBe('')
})

const account = privateKeyToAccount(`0x${'12'.repeat(32)}`)
const payee = account.address.toLowerCase() as PayeeId

test('a signed record is taken with its salt; one letter, another Datanet or another signer is refused with its line', async () => {
  const sample = makeSample({ prompt: 'Q?', completion: 'An answer.', payee, licence: 'MIT', source: 'mine#1' })
  const salt = digestText('salt')
  const signature = await signContribution(account, {
    datanet: 'rules',
    sample: sample.id,
    payee,
    licence: 'MIT',
    commitment: commitTo({ salt, sample }),
    importedBy: nobody,
  })
  const { id: _, payee: contributor, ...rest } = sample
  const signed = { ...rest, contributor, salt, signature, signer: account.address }
  const file = (record: object) => put('s.jsonl', `${line(1)}\n${JSON.stringify(record)}`)
  expect((await read(await file(signed))).samples[1]).toEqual({ sample, salt, signature })
  const wrong: [object, Partial<ImportOptions>][] = [
    [{ ...signed, completion: 'An answer!' }, {}],
    [{ ...signed, salt: undefined }, {}],
    [{ ...signed, signer: `0x${'1'.repeat(40)}` }, {}],
    [{ ...signed, contributor: 'Red Team' }, {}],
    [{ ...signed, signature: '0x1234' }, {}],
    [{ ...signed, importedBy: `0x${'1'.repeat(40)}` }, {}],
    [signed, { datanet: 'other' }],
    [signed, { scope: { chainId: 5 } }],
  ]
  for (const [record, options] of wrong) {
    await expect(read(await file(record), options)).rejects.toEqual(
      refusal('datanets/bad-signature', { file: 's.jsonl', line: 2 }),
    )
  }
  await expect(read(await file({ ...signed, source: null }))).rejects.toEqual(
    refusal('datanets/unsigned-source', { line: 2 }),
  )
})

test('a steward signs for a payee that has not claimed', async () => {
  const importedBy = account.address as string as Address
  const sample = makeSample({
    prompt: 'Q?',
    completion: 'An answer.',
    payee: 'npm:zod' as PayeeId,
    licence: 'MIT',
    source: 'zod@4#x',
  })
  const signature = await signContribution(account, {
    datanet: 'rules',
    sample: sample.id,
    payee: sample.payee,
    licence: 'MIT',
    commitment: noCommitment,
    importedBy,
  })
  const record = { ...sample, contributor: 'npm:zod', importedBy, signature }
  expect((await read(await put('t.jsonl', JSON.stringify(record)))).samples).toEqual([{ sample, signature }])
})

test('a record that repeats another in every field is counted and left out', async () => {
  const same = line(1, { source: 'x#1' })
  const found = await read(await put('r.jsonl', `${same}\n${same}\n${line(2)}`))
  expect([found.samples.length, found.repeated]).toEqual([2, 1])
})
