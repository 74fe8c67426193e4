import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../check/checkStep.ts'
import { lockDifferences, optionalAbsentees, skippedFile } from './lockState.mjs'
import { isNewEnough } from './node24.mjs'
import { missingOptionals, platformEntry } from './platformEntries.mjs'

const otherSystem = process.platform === 'win32' ? 'linux' : 'win32'
const locked = {
  '': {},
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/b': { version: '2.0.0', integrity: 'sha512-b' },
  'node_modules/here': { version: '1.0.0', optional: true, os: [process.platform], cpu: [process.arch] },
  'node_modules/elsewhere': { version: '1.0.0', optional: true, os: [otherSystem] },
}

function write(file: string, value: object): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(value))
}

/** A checkout in which everything that fits this machine is installed. */
function installed(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lock-'))
  const { '': _, 'node_modules/elsewhere': __, ...here } = locked
  write(join(folder, 'package-lock.json'), { packages: locked })
  write(join(folder, 'node_modules', '.package-lock.json'), { packages: here })
  for (const path of Object.keys(here)) write(join(folder, path, 'package.json'), {})
  return folder
}

test('what is installed by the lock has no difference, with the optional package of another system absent', () => {
  expect(lockDifferences(installed())).toEqual([])
})

test('a missing folder, another version, other bytes, no node_modules: each is one difference', () => {
  const gone = installed()
  rmSync(join(gone, 'node_modules', 'a'), { recursive: true })
  expect(lockDifferences(gone)).toEqual(['node_modules/a is missing'])

  const changed = installed()
  const next = {
    ...locked,
    'node_modules/a': { version: '1.0.1' },
    'node_modules/b': { version: '2.0.0', integrity: 'sha512-c' },
  }
  write(join(changed, 'package-lock.json'), { packages: next })
  expect(lockDifferences(changed)).toEqual(['node_modules/a is 1.0.0, not 1.0.1', 'node_modules/b has other bytes'])

  const bare = installed()
  rmSync(join(bare, 'node_modules'), { recursive: true })
  expect(lockDifferences(bare)).toEqual(['node_modules is missing'])
})

test('an optional package that fits and could not be had is asked for once, not at every start', () => {
  const folder = installed()
  rmSync(join(folder, 'node_modules', 'here'), { recursive: true })
  expect(lockDifferences(folder)).toEqual(['node_modules/here is missing'])
  write(skippedFile(folder), optionalAbsentees(folder))
  expect(lockDifferences(folder)).toEqual([])
})

test('the lock of the project names every optional package of every platform: run `npm run lock` when this fails', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, object>
  }
  expect(Object.keys(packages).length).toBeGreaterThan(600)
  expect(missingOptionals(packages).map(({ name }) => name)).toEqual([])
})

test('a lock without the Apple package of a family is completed from its Linux sister', () => {
  const packages = {
    'node_modules/p': {
      version: '1.0.0',
      optionalDependencies: { 'p-linux-x64': '1.0.0', '@x/p-darwin-arm64': '1.0.0' },
    },
    'node_modules/p-linux-x64': { version: '1.0.0', integrity: 'i', dev: true, license: 'MIT', bin: { p: 'p' } },
  }
  const missing = missingOptionals(packages)
  expect(missing).toEqual([{ name: '@x/p-darwin-arm64', version: '1.0.0', parent: 'node_modules/p' }])
  const [first] = missing
  expect(first && platformEntry(packages, first)).toEqual({
    version: '1.0.0',
    cpu: ['arm64'],
    os: ['darwin'],
    optional: true,
    dev: true,
    license: 'MIT',
    bin: { p: 'p' },
  })
})

test('TypeScript runs on Node 22.18, 24 and 100, not on 20.20 and 22.17', () => {
  expect(['22.18.0', '24.0.0', '100.1.2', '22.17.9', '20.20.2'].map((version) => isNewEnough(version))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ])
})
