import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { findTemporal } from './findTemporal.ts'
import { provideTemporal } from './provideTemporal.ts'
import { resolveTemporal } from './resolveTemporal.ts'
import { cachedTemporal } from './temporalVersion.ts'

const folder = (): string => mkdtempSync(join(tmpdir(), 'temporal-'))
const say = (): void => {}

function program(path: string, script: string): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

test('the order is TEMPORAL_ADDRESS, TEMPORAL_CLI_PATH, PATH, cache, nothing', () => {
  const dir = folder()
  const env: NodeJS.ProcessEnv = { TRIBUTARY_CACHE: join(dir, 'cache') }
  expect(findTemporal(env)).toBeUndefined()
  expect(() => resolveTemporal(env)).toThrow(expect.objectContaining({ code: 'provision/no-temporal' }))
  const cached = program(cachedTemporal(env), 'true')
  expect(findTemporal(env)).toEqual({ kind: 'program', path: cached, foundBy: 'cache' })
  const onPath = program(join(dir, 'bin', 'temporal'), 'true')
  env['PATH'] = join(dir, 'bin')
  expect(findTemporal(env)).toEqual({ kind: 'program', path: onPath, foundBy: 'PATH' })
  const named = program(join(dir, 'mine'), 'true')
  env['TEMPORAL_CLI_PATH'] = named
  expect(findTemporal(env)).toEqual({ kind: 'program', path: named, foundBy: 'TEMPORAL_CLI_PATH' })
  env['TEMPORAL_ADDRESS'] = 'cluster:7233'
  expect(findTemporal(env)).toEqual({ kind: 'address', address: 'cluster:7233', foundBy: 'TEMPORAL_ADDRESS' })
})

test('a TEMPORAL_CLI_PATH that is no program is refused, not skipped', () => {
  const env = { TEMPORAL_CLI_PATH: '/nowhere/temporal' }
  expect(() => findTemporal(env)).toThrow(expect.objectContaining({ code: 'provision/temporal-cli-path' }))
})

test('a download is kept and used; when it hangs it is ended and Go builds; without Go the message lists both', async () => {
  const dir = folder()
  const env = { TRIBUTARY_CACHE: join(dir, 'a'), PATH: '/usr/bin:/bin' }
  const give = program(join(dir, 'give'), 'printf "#!/bin/sh\\nexit 0\\n" > "$1/temporal-sdk"')
  const made = await provideTemporal({ say, env, download: [give] })
  expect(made).toEqual({ kind: 'program', path: cachedTemporal(env), foundBy: 'cache' })
  expect(findTemporal(env)).toEqual(made)

  const hang = program(join(dir, 'hang'), 'exec sleep 60')
  const go = program(
    join(dir, 'go'),
    'pwd > "$5.where"; printf "#!/bin/sh\\nexit 0\\n" > "$5"; chmod +x "$5"; echo "$@" > ' + join(dir, 'args'),
  )
  const other = { TRIBUTARY_CACHE: join(dir, 'b'), PATH: '/usr/bin:/bin' }
  const from = Date.now()
  expect(await provideTemporal({ say, env: other, download: [hang], downloadTimeoutMs: 300, go })).toMatchObject({
    foundBy: 'cache',
  })
  expect(Date.now() - from).toBeLessThan(5_000)
  expect(readFileSync(join(dir, 'args'), 'utf8')).toMatch(
    /^build -mod=readonly -trimpath -o \S+ github\.com\/temporalio\/cli\/cmd\/temporal$/m,
  )

  const none = { TRIBUTARY_CACHE: join(dir, 'c'), PATH: '/usr/bin:/bin' }
  const refused = provideTemporal({ say, env: none, download: [hang], downloadTimeoutMs: 300, go: '/nowhere/go' })
  await expect(refused).rejects.toMatchObject({
    code: 'provision/no-temporal',
    facts: { download: expect.stringContaining('late') as string, build: expect.stringContaining('no-go') as string },
  })
  expect(existsSync(cachedTemporal(none))).toBe(false)
})

test('the pinned module names the version, and every line of go.sum is a hash', () => {
  const module = new URL('temporal-cli/', import.meta.url)
  expect(readFileSync(new URL('go.mod', module), 'utf8')).toContain('require github.com/temporalio/cli v1.5.1')
  const sums = readFileSync(new URL('go.sum', module), 'utf8').trim().split('\n')
  expect(sums.length).toBeGreaterThan(500)
  expect(sums.filter((line) => !/^\S+ v\S+ h1:[A-Za-z0-9+/]{43}=$/.test(line))).toEqual([])
})
