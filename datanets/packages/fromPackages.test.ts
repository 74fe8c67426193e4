import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { payeeOfPackage } from './cutReadme.ts'
import { fromPackages } from './fromPackages.ts'
import { listPackages } from './listPackages.ts'
import { formatPackageList, readDefaultPackages } from './packageList.ts'

const ours = fileURLToPath(new URL('../../node_modules', import.meta.url))
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packages-'))
  await put('alpha', { license: 'MIT', author: 'Jane Roe <jane@roe.org>' })
  await put('@org/beta', { licenses: [{ type: 'MIT' }, { type: 'GPL-2.0' }] })
  await put('native', { license: 'MIT', os: ['linux'] })
  await put('empty', { license: 'MIT' }, 'Too short.')
})
afterAll(() => rm(folder, { recursive: true }))

const prose = 'It reads a file and tells what is in it, for anybody who wants to know it without asking twice. '
async function put(
  name: string,
  manifest: object,
  text = `# ${name}\n\n${prose.repeat(2)}\n\n## Usage\n\n${prose.repeat(3)}`,
) {
  await mkdir(join(folder, name), { recursive: true })
  await writeFile(join(folder, name, 'package.json'), JSON.stringify({ name, version: '1.0.0', ...manifest }))
  await writeFile(join(folder, name, 'README.md'), text)
}

test('takes the sections of any project’s packages, without those for one platform or without text', async () => {
  const { samples, files, differences } = await fromPackages({ nodeModules: folder })
  expect([files, differences]).toEqual([2, []])
  expect(samples.map(({ sample: { prompt, payee, licence, source } }) => [prompt, payee, licence, source])).toEqual([
    ['What is @org/beta?', 'npm:@org', 'MIT OR GPL-2.0', '@org/beta@1.0.0#@org/beta'],
    ['How do I use @org/beta?', 'npm:@org', 'MIT OR GPL-2.0', '@org/beta@1.0.0#Usage'],
    ['What is alpha?', 'npm:alpha', 'MIT', 'alpha@1.0.0#alpha'],
    ['How do I use alpha?', 'npm:alpha', 'MIT', 'alpha@1.0.0#Usage'],
  ])
  expect(JSON.stringify(samples)).not.toMatch(/jane/i)
})

test('with a list, another version, README, licence or hash and a missing package are named; leaveOut goes on without', async () => {
  const list = await listPackages(folder)
  const copy = `${folder}-copy`
  const check = async (change: () => Promise<unknown>, found: string) => {
    await cp(folder, copy, { recursive: true })
    const before = folder
    folder = copy
    await change()
    folder = before
    const got = expect.stringContaining(`(found ${found})`)
    await expect(fromPackages({ nodeModules: copy, list })).rejects.toMatchObject({
      code: 'datanets/packages-differ',
      facts: { packages: 1, first: [got] },
      tryThis: expect.stringContaining('npm ci'),
    })
    const left = await fromPackages({ nodeModules: copy, list, leaveOut: true })
    expect([left.samples.length, left.differences.length]).toEqual([2, 1])
    await rm(copy, { recursive: true })
  }
  await check(() => put('alpha', { license: 'MIT', version: '1.0.1' }), 'version 1.0.1')
  await check(() => put('alpha', { license: 'MIT' }, `# alpha\n\n${prose.repeat(2)}!`), 'another README')
  await check(() => put('alpha', { license: 'GPL-2.0' }), 'licence GPL-2.0')
  await check(() => rm(join(folder, 'alpha'), { recursive: true }), 'nothing')
  const lock = (integrity: string) => JSON.stringify({ packages: { 'node_modules/alpha': { integrity } } })
  const hashed = list.map((entry) => ({ ...entry, integrity: 'sha512-a' }))
  await writeFile(join(folder, '.package-lock.json'), lock('sha512-b'))
  await expect(fromPackages({ nodeModules: folder, list: hashed })).rejects.toMatchObject({
    facts: { first: ['alpha@1.0.0 (found another integrity hash)'] },
  })
  await writeFile(join(folder, '.package-lock.json'), '{')
  await expect(fromPackages({ nodeModules: folder })).rejects.toMatchObject({ code: 'datanets/bad-lock' })
  await rm(join(folder, '.package-lock.json'))
})

test('a folder without packages is a coded error', async () => {
  await expect(listPackages(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'datanets/no-packages' })
})

test('the committed list has at least 300 packages, every one installed as listed, and gives 3,000 sections of 300 payees', async () => {
  const list = await readDefaultPackages()
  const { samples } = await fromPackages({ nodeModules: ours, list })
  expect(list.length).toBeGreaterThanOrEqual(300)
  expect(samples.length).toBeGreaterThan(3000)
  expect(new Set(samples.map(({ sample }) => sample.payee)).size).toBeGreaterThan(300)
  expect(samples.every(({ sample }) => sample.completion.length >= 150 && sample.completion.length <= 4000)).toBe(true)
  expect(
    list.some(({ name }) => /^(node-(linux|darwin|win|bin)|@esbuild\/|@swc\/core-|@rolldown\/binding)/.test(name)),
  ).toBe(false)
  expect(JSON.parse(formatPackageList(list))).toEqual(list)
})

test('the payee of @org/a and @org/b is one, that of c is the package', () => {
  expect(['@org/a', '@org/b', 'c'].map(payeeOfPackage)).toEqual(['npm:@org', 'npm:@org', 'npm:c'])
})
