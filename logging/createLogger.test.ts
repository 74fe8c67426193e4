import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DrizzleQueryError } from 'drizzle-orm/errors'
import { z } from 'zod'
import { afterEach, beforeEach, expect, test } from 'vitest'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tributary-log-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const privateKey = `0x${'ab'.repeat(32)}`
const digest = `0x${'cd'.repeat(32)}`

/** Log in a process of its own, so that the flush at exit is what is tested. */
function logInChild(body: string): { lines: Record<string, unknown>[]; text: string; file: string } {
  const file = join(dir, 'logs', 'tributary.log')
  const script = `
    const { createLogger } = await import(${JSON.stringify(new URL('index.ts', import.meta.url).href)})
    const { TributaryError } = await import(${JSON.stringify(new URL('../kernel/index.ts', import.meta.url).href)})
    const { DrizzleQueryError } = await import('drizzle-orm/errors')
    const log = createLogger({ file: ${JSON.stringify(file)}, level: 'debug' })
    ${body}`
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  expect(run.stderr).toBe('')
  expect(run.status).toBe(0)
  const text = readFileSync(file, 'utf8')
  return {
    text,
    file,
    lines: text
      .trim()
      .split('\n')
      .map((line) => z.record(z.string(), z.unknown()).parse(JSON.parse(line))),
  }
}

test('keeps 13 secrets under 13 names, at any depth and in bindings, out of the file', () => {
  const secret = 'The heron waits.'
  const names = [
    'privateKey',
    'private_key',
    'SIGNATURE',
    'prompt',
    'completion',
    'answer',
    'messages',
    'sample',
    'samples',
    'Authorization',
    'salt',
    'payload',
    'content',
  ]
  const { text, lines } = logInChild(`
    for (const name of ${JSON.stringify(names)}) {
      log.info({ [name]: ${JSON.stringify(secret)}, deep: [{ er: { [name]: [${JSON.stringify(secret)}] } }] }, 'one')
      log.child({ [name]: ${JSON.stringify(secret)} }).child({ more: { [name]: ${JSON.stringify(secret)} } }).warn('two')
    }
    log.info({ key: ${JSON.stringify(privateKey)}, url: 'postgres://me:hunter2@db:5432/x' }, 'three')`)
  expect(lines).toHaveLength(2 * names.length + 1)
  expect(text).not.toContain('heron')
  expect(text).not.toContain(privateKey)
  expect(text).not.toContain('hunter2')
  expect(text.match(/\[not logged\]/g)).toHaveLength(4 * names.length + 1)
})

test('keeps ids, digests and counts readable and binds receipt and workflow to every line of a child', () => {
  const { lines } = logInChild(`
    const child = log.child({ receipt: '${digest}', workflow: 'tour-1' })
    child.info({ answer: '${digest}', samples: 512, feeWei: '100' }, 'answered')
    child.child({ step: 3 }).debug('next')`)
  expect(lines[0]).toMatchObject({
    level: 'info',
    receipt: digest,
    workflow: 'tour-1',
    answer: digest,
    samples: 512,
    feeWei: '100',
    msg: 'answered',
  })
  expect(lines[1]).toMatchObject({ level: 'debug', receipt: digest, workflow: 'tour-1', step: 3 })
})

test('writes a coded error by code, facts and retry, also when it is a cause', () => {
  const { lines } = logInChild(`
    const coded = new TributaryError('No.', { code: 'a/b', facts: { n: 1, prompt: 'heron' }, retry: true })
    log.error({ err: new Error('heron', { cause: coded }) }, 'failed')
    log.error(coded)`)
  expect(lines[0]).toMatchObject({
    msg: 'failed',
    err: { code: 'a/b', facts: { n: 1, prompt: '[not logged]' }, retry: true },
  })
  expect(lines[1]).toMatchObject({ msg: 'No.', err: { code: 'a/b' } })
  expect(JSON.stringify(lines)).not.toContain('heron')
})

test('drops the messages of uncoded errors: those of the database list every parameter', () => {
  expect(new DrizzleQueryError('insert', ['heron']).message).toContain('heron')
  const { text, lines } = logInChild(`
    log.error(new DrizzleQueryError('insert', ['heron'], Object.assign(new Error('heron'), { code: '23505' })))
    log.error({ err: new SyntaxError('heron') })`)
  expect(text).not.toContain('heron')
  expect(lines[0]).toMatchObject({ err: { cause: { code: '23505' } } })
  expect(lines[1]).toMatchObject({ err: { type: 'SyntaxError' } })
})

test('flushes 1,000 lines at process.exit and makes the file readable by its owner only', () => {
  const { lines, file } = logInChild(`
    for (let i = 0; i < 1000; i++) log.info({ i }, 'line')
    process.exit(0)`)
  expect(lines.map(({ i }) => i)).toEqual(Array.from({ length: 1000 }, (_, i) => i))
  expect(statSync(file).mode & 0o777).toBe(0o600)
})
