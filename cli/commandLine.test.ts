import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test, vi } from 'vitest'
import { findError } from '../kernel/index.ts'
import { definitions } from '../tools/definitions.ts'
import { createProgram } from './createProgram.ts'
import { exitCodeOf } from './exitCodeOf.ts'

const home = mkdtempSync(join(tmpdir(), 'tributary-cli-'))
vi.stubEnv('TRIBUTARY_HOME', join(home, 'none'))
afterAll(() => {
  vi.unstubAllEnvs()
  process.exitCode = undefined
  rmSync(home, { recursive: true, force: true })
})

const top = [
  'start',
  'status',
  'audit',
  'statement',
  'explain',
  'datanet',
  'model',
  'ask',
  'doctor',
  'mcp',
  'verify',
  'tools',
]

/** What a command line prints, or the code and exit code that it ends with. */
async function run(...args: string[]): Promise<string> {
  let printed = ''
  try {
    await createProgram((line) => (printed += `${line}\n`)).run(args)
    return printed
  } catch (failure) {
    const error = findError(failure)
    if (!error) throw failure
    expect(error.tryThis).toBeDefined()
    return `${error.code} ${exitCodeOf(error)}`
  }
}

test('--help names all 12 commands, and each of them and of the tools has a help of its own', async () => {
  const help = await run('--help')
  for (const name of top) expect(help).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
  const inner = [
    ['datanet', 'import'],
    ['datanet', 'from-packages'],
    ['model', 'list'],
    ['model', 'check'],
    ['model', 'add'],
  ]
  const tools = Object.keys(definitions).map((name) => ['tools', name.replaceAll('_', '-')])
  for (const path of [...top.map((name) => [name]), ...inner, ...tools]) {
    expect(await run(...path, '--help')).toContain(`Usage: tributary ${path.join(' ')}`)
  }
})

test('a tool’s flags are those of its schema, with description and default', async () => {
  const help = await run('tools', 'train-adapter', '--help')
  expect(help).toMatch(/--datanet-root <string>/)
  expect(help).toMatch(/--recipe <string>\s+a recipe that comes with the project; default\s+"quick"/)
  expect(help).toMatch(/--effect-key <text>/)
  expect(await run('tools', 'quote', '--help')).not.toContain('--effect-key')
})

test.each([
  [['strat']],
  [['start', '--smaples', '3']],
  [['start', '--samples', 'many']],
  [['start', '--samples', '7']],
  [['start', '--port', '70000']],
  [['start', 'here']],
  [['audit']],
  [['tools', 'nothing']],
  [['tools', 'draw-audits', '--epoch']],
  [['ask', 'why?', '--max-tokens', '-1']],
  [['datanet', 'import', 'x.jsonl']],
])('%s is cli/usage and exit code 64', async (args) => {
  expect(await run(...args)).toBe('cli/usage 64')
})

test('a time that is none is cli/duration and exit code 64, before anything starts', async () => {
  expect(await run('start', '--budget', 'long')).toBe('cli/duration 64')
  expect(existsSync(join(home, 'none'))).toBe(false)
})

test('--input that is not JSON is refused before anything starts', async () => {
  expect(await run('tools', 'quote', '--input', '{')).toBe('tools/not-json 1')
  expect(await run('tools', 'draw-audits', '--epoch', 'one', '--count', '1')).toBe('tools/not-json 1')
  expect(await run('tools', 'quote', '--input', `@${home}/missing.json`)).toBe('tools/no-input 1')
  expect(existsSync(join(home, 'none'))).toBe(false)
})

test('status says that nothing runs, exit code 3, and with --json an object', async () => {
  expect(await run('status')).toContain(`Nothing runs in ${join(home, 'none')}`)
  expect(process.exitCode).toBe(3)
  expect(JSON.parse(await run('status', '--json'))).toEqual({ parts: [] })
})

test('a record that outlived its process, or lies, is no running server', async () => {
  const run2 = join(home, 'stale', 'run')
  mkdirSync(run2, { recursive: true })
  vi.stubEnv('TRIBUTARY_HOME', join(home, 'stale'))
  const gone = spawn(process.execPath, ['-e', ''])
  await once(gone, 'exit')
  for (const record of [
    `{"url":"http://127.0.0.1:9","pid":${gone.pid}}`,
    '{"url":"http://127.0.0.1:9","pid":1}',
    '{}',
    'x',
  ]) {
    writeFileSync(join(run2, 'gateway.json'), record)
    expect(await run('status')).toContain('Nothing runs')
  }
  vi.stubEnv('TRIBUTARY_HOME', join(home, 'none'))
})

test('doctor names each part with what was found and, where it is missing, the next step', async () => {
  vi.stubEnv('TRIBUTARY_CACHE', join(home, 'empty cache'))
  vi.stubEnv('TEMPORAL_CLI_PATH', join(home, 'no temporal'))
  const lines = (await run('doctor')).split('\n')
  for (const part of ['node', 'memory', 'disk', 'home', 'base model', 'temporal', 'anvil', 'cache', 'server']) {
    expect(lines.some((line) => line.includes(part))).toBe(true)
  }
  expect(lines.find((line) => line.includes('base model'))).toMatch(/^fix /)
  expect(lines.find((line) => line.includes('temporal'))).toMatch(/^fix /)
  expect(lines.filter((line) => line.includes('Next:')).length).toBeGreaterThanOrEqual(2)
  expect(process.exitCode).toBe(1)
  const found = JSON.parse(await run('doctor', '--json')) as { findings: { what: string; ok: boolean }[] }
  expect(found.findings.find(({ what }) => what === 'temporal')?.ok).toBe(false)
})

test.each(['bash', 'zsh', 'fish', 'powershell'])('completion %s prints a script', async (shell) => {
  const { out, code } = await main('completion', shell)
  expect([code, out.includes('tributary')]).toEqual([0, true])
  expect(out.length).toBeGreaterThan(500)
})

test('completion knows commands, flags and tools', async () => {
  expect((await main('complete', '--', 'sta')).out).toMatch(/^start\t.*\nstatus\t.*\nstatement\t/)
  expect((await main('complete', '--', 'start', '--sam')).out).toContain('--samples')
  expect((await main('complete', '--', 'tools', 'trace')).out).toContain('trace-answer')
})

test('the process ends with the code of its failure and says it on standard error, without colours into a pipe', async () => {
  const { out, err, code } = await main('strat')
  expect([code, out]).toEqual([64, ''])
  expect(err).toContain('[cli/usage]')
  expect(err).not.toContain('\u001B')
})

test('a home that cannot be written is a coded error with a next step', async () => {
  const file = join(home, 'a file')
  writeFileSync(file, '')
  chmodSync(file, 0o400)
  const { err, code } = await main('model', 'list', { TRIBUTARY_HOME: file })
  expect(err).toContain('[home/cannot-open]')
  expect(err).toContain('Next:')
  expect(code).toBe(1)
})

/** The real process. */
async function main(
  ...given: (string | Record<string, string>)[]
): Promise<{ out: string; err: string; code: number }> {
  const args = given.filter((part) => typeof part === 'string')
  const env = Object.assign({}, process.env, ...given.filter((part) => typeof part !== 'string')) as NodeJS.ProcessEnv
  const file = fileURLToPath(new URL('main.ts', import.meta.url))
  const child = spawn(process.execPath, [file, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.on('data', (part: Buffer) => (out += part.toString()))
  child.stderr.on('data', (part: Buffer) => (err += part.toString()))
  const [code] = (await once(child, 'close')) as [number]
  return { out, err, code }
}
