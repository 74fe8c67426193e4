import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runTour } from '../../cli/runTour.ts'
import { findError } from '../../kernel/index.ts'
import { listDatanets, listSamples, receiptsAwaitingEpoch } from '../../store/index.ts'
import { openHere, type Opened } from './harness/openHere.ts'
import { endStarted, startProcess } from './harness/startProcess.ts'
import { checkout, tinyHome, type TinyHome } from './harness/tinyHome.ts'

let home: TinyHome
let folder: string
beforeAll(async () => {
  home = await tinyHome()
  folder = join(dirname(home.corpus), 'bad')
  mkdirSync(folder)
})
afterAll(async () => {
  await endStarted()
  home?.remove()
})

const watcher = { phase() {}, progress() {}, losses() {}, end() {} }
const line = (changes: object = {}) =>
  `${JSON.stringify({ prompt: 'What is it?', completion: 'It is a text.', contributor: 'npm:a', licence: 'MIT', source: 'a.md', ...changes })}\n`
const many = (count: number) =>
  Array.from({ length: count }, (_, i) => line({ completion: `It is text ${i}.` })).join('')

/** A corpus, the code that it is refused with, and facts that say where. */
const corpora: [string, string | Buffer | undefined, string, object?][] = [
  ['missing.jsonl', undefined, 'datanets/missing'],
  ['empty.jsonl', '', 'datanets/empty'],
  ['binary.jsonl', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3, 0xff, 0xfe]), 'datanets/binary'],
  ['line-17.jsonl', `${many(16)}{"prompt": "cut\n${many(3)}`, 'datanets/bad-json', { file: 'line-17.jsonl', line: 17 }],
  ['no-licence.jsonl', many(4) + line({ licence: undefined }), 'datanets/no-licence', { line: 5 }],
  ['unknown-licence.jsonl', many(2) + line({ licence: 'Do As You Like 7' }), 'datanets/unknown-licence', { line: 3 }],
  [
    'signature.jsonl',
    many(1) + line({ contributor: `0x${'34'.repeat(20)}`, signature: `0x${'12'.repeat(64)}1b` }),
    'datanets/bad-signature',
    { line: 2 },
  ],
]

describe('a corpus that cannot be used', () => {
  let opened: Opened
  beforeAll(async () => {
    opened = await openHere(home)
  })
  afterAll(() => opened?.close())

  const start = (from: string, more: { licence?: string } = {}) =>
    runTour(opened, { from, ...more, samples: 64, again: false, watcher, signal: new AbortController().signal })

  test.each(corpora)(
    '%s is refused by code, with file and line, and leaves no Datanet',
    async (name, content, code, facts = {}) => {
      const from = join(folder, name)
      if (content !== undefined) writeFileSync(from, content)
      const error = findError(
        await start(from).then(
          () => undefined,
          (failure: unknown) => failure,
        ),
      )

      expect(error?.code).toBe(code)
      expect(error?.facts).toMatchObject(facts)
      expect(error?.tryThis).toBeDefined()
      const { store } = opened.ctx
      expect(await listDatanets(store, {})).toEqual([])
      expect(await listSamples(store, { datanet: name.replace('.jsonl', '') })).toEqual([])
      expect(await receiptsAwaitingEpoch(store, {})).toEqual([])
    },
  )

  test('a flag that mends it is heeded at the next start: the licence is found missing no more', async () => {
    const from = join(folder, 'no-licence.jsonl')
    const error = findError(
      await start(from, { licence: 'MIT' }).then(
        () => undefined,
        (failure: unknown) => failure,
      ),
    )
    // All of it is one document: the tour comes as far as splitting it.
    expect(error?.code).toBe('datanets/one-document')
  })

  test('while the home is in use, another start says who holds it and ends with 75', async () => {
    const { code, said } = await main()
    expect(said).toContain('[home/locked]')
    expect(said).toContain(`process ${process.pid}`)
    expect(code).toBe(75)
  })
})

describe('a machine that lacks something', () => {
  test('a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { code, said } = await main({}, '--port', String((server.address() as AddressInfo).port))
    server.close()
    expect(said).toContain('/port-taken]')
    expect(said).toContain('Next:')
    expect(code).not.toBe(0)
  })

  test('no Temporal server to be had', async () => {
    const nothing = {
      PATH: '',
      TEMPORAL_CLI_PATH: '',
      TEMPORAL_ADDRESS: '',
      TRIBUTARY_CACHE: join(folder, 'empty cache'),
    }
    const { code, said } = await main(nothing)
    expect(said).toContain('[provision/no-temporal]')
    expect(code).toBe(1)
  })

  test('a model file that is truncated, and one of another architecture', async () => {
    const truncated = join(folder, 'truncated')
    cpSync(home.env['TRIBUTARY_BASE'] as string, truncated, { recursive: true })
    truncateSync(join(truncated, 'weights.safetensors'), 100_000)
    const other = join(folder, 'other')
    cpSync(home.env['TRIBUTARY_BASE'] as string, other, { recursive: true })
    const config = JSON.parse(readFileSync(join(other, 'config.json'), 'utf8')) as object
    writeFileSync(
      join(other, 'config.json'),
      JSON.stringify({ ...config, model_type: 'mamba', architectures: ['Mamba'] }),
    )
    const cache = { TRIBUTARY_CACHE: join(folder, 'cache') }

    const first = await main({ ...cache, TRIBUTARY_BASE: truncated })
    const second = await main({ ...cache, TRIBUTARY_BASE: other })
    expect([first.said, first.code]).toEqual([expect.stringContaining('[models/truncated]'), 1])
    expect([second.said, second.code]).toEqual([expect.stringContaining('[models/architecture]'), 1])
    // No half-made base that a later start would take for a whole one.
    expect(readdirSync(join(folder, 'cache', 'bases'))).toEqual([])
  })
})

test('after all of this, a sound corpus in the same home runs to its summary', async () => {
  const summary = await startProcess(home).summary()
  expect(summary.audits.map(({ verdict }) => verdict)).toEqual(['PASS', 'PASS', 'PASS'])
  expect(summary.datanet.name).toBe('pages')
})

/** `tributary start` as a process of its own, until it ends. */
async function main(env: Record<string, string> = {}, ...flags: string[]): Promise<{ code: number; said: string }> {
  const args = [join(checkout, 'cli', 'main.ts'), 'start', '--from', home.corpus, '--exit', ...flags]
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...home.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (part: string) => (said += part))
  const [code] = (await once(child, 'close')) as [number]
  return { code, said }
}
