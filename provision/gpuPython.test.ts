import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findGpuPython, provideGpuPython } from './gpuPython.ts'

let home: string
let env: NodeJS.ProcessEnv
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'gpu-python-'))
  mkdirSync(join(home, 'bin'))
  env = { PATH: `${join(home, 'bin')}:/usr/bin:/bin`, TRIBUTARY_CACHE: join(home, 'cache') }
})
afterEach(() => rmSync(home, { recursive: true }))

/** A `python3` that writes down its arguments, makes a venv of itself, and ends pip with `pipCode`. */
function python({ pipCode = 0, old = false } = {}): string {
  const file = join(home, 'bin', 'python3')
  const script = `#!/bin/sh
echo "$@" >> ${home}/calls
[ "$1" = -c ] && exit ${old ? 1 : 0}
if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp ${file} "$3/bin/python"; exit 0; fi
echo the index is away >&2
exit ${pipCode}
`
  writeFileSync(file, script)
  chmodSync(file, 0o755)
  for (const name of ['python3.14', 'python3.13', 'python3.12', 'python3.11', 'python']) {
    writeFileSync(join(home, 'bin', name), '#!/bin/sh\nexit 1\n')
    chmodSync(join(home, 'bin', name), 0o755)
  }
  return file
}

const calls = () => readFileSync(join(home, 'calls'), 'utf8').split('\n')

test('an environment is made once, with the hashes of the lock, and found from then on', async () => {
  python()
  expect(findGpuPython(env)).toBeUndefined()
  const made = await provideGpuPython({ say: () => {}, env })
  expect(calls().some((line) => /pip install .*--require-hashes --no-deps -r .*requirements\.lock$/.test(line))).toBe(
    true,
  )
  expect(findGpuPython(env)).toBe(made)
  rmSync(join(home, 'calls'))
  expect(await provideGpuPython({ say: () => {}, env })).toBe(made)
  expect(existsSync(join(home, 'calls'))).toBe(false)
  expect(findGpuPython({ ...env, TRIBUTARY_PYTHON: '/mine' })).toBe('/mine')
})

test('an installation that broke off is not taken for one, and is said by its code', async () => {
  python({ pipCode: 1 })
  const provided = provideGpuPython({ say: () => {}, env })
  await expect(provided).rejects.toMatchObject({ code: 'provision/pip', retry: true })
  await expect(provided).rejects.toMatchObject({ facts: { said: 'the index is away' } })
  expect(findGpuPython(env)).toBeUndefined()
  python({ old: true })
  await expect(provideGpuPython({ say: () => {}, env })).rejects.toMatchObject({ code: 'provision/no-python' })
})

test('every package of the lock is pinned to one version by at least one sha-256', () => {
  const lock = readFileSync(new URL('../models/gpu/requirements.lock', import.meta.url), 'utf8')
  const pinned = [...lock.matchAll(/^([a-z0-9-]+)==(\S+).*\\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)/gm)]
  const named = lock.split('\n').filter((line) => /^[a-z]/.test(line))
  expect(pinned).toHaveLength(named.length)
  expect(named.length).toBeGreaterThan(50)
  const names = new Set(pinned.map(([, name]) => name))
  const wanted = readFileSync(new URL('../models/gpu/requirements.in', import.meta.url), 'utf8').match(/^[a-z].*$/gm)
  expect(wanted).toHaveLength(8)
  for (const name of wanted ?? []) expect(names, name).toContain(name)
})
