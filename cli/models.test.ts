import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { tinyBase } from '../models/index.ts'
import { createProgram } from './createProgram.ts'

const home = mkdtempSync(join(tmpdir(), 'models-'))
const small = {
  hidden_size: 16,
  num_hidden_layers: 1,
  num_attention_heads: 1,
  num_key_value_heads: 1,
  intermediate_size: 16,
}
await tinyBase(join(home, 'tiny'), { config: { ...small, model_type: 'qwen2' } })
const source = join(home, 'tiny', 'source')
let hub: Server | undefined
let cache: string
beforeEach(() => {
  cache = mkdtempSync(join(home, 'cache-'))
  vi.stubEnv('TRIBUTARY_CACHE', cache)
})
afterEach(() => {
  vi.unstubAllEnvs()
  hub?.close().closeAllConnections()
  hub = undefined
  process.exitCode = undefined
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

async function run(...args: string[]): Promise<string> {
  const lines: string[] = []
  await createProgram((line) => lines.push(line)).run(args)
  return lines.join('\n')
}

/** A hub that has the tiny model as `some/tiny`, with `config` in place of its own. */
async function openHub(config: object): Promise<string[]> {
  const files = new Map(
    readdirSync(source).map((name) => [
      name === 'weights.safetensors' ? 'model.safetensors' : name,
      readFileSync(join(source, name)),
    ]),
  )
  files.set('config.json', Buffer.from(JSON.stringify(config)))
  const asked: string[] = []
  const sha = 'd'.repeat(40)
  const siblings = [...files].map(([rfilename, bytes]) => ({
    rfilename,
    size: bytes.length,
    lfs: { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') },
  }))
  hub = createServer((request, response) => {
    const name = request.url!.replace(`/some/tiny/resolve/${sha}/`, '')
    asked.push(name)
    if (request.url!.startsWith('/api/models/some/tiny/revision/main')) response.end(JSON.stringify({ sha, siblings }))
    else if (files.has(name)) response.end(files.get(name))
    else response.writeHead(404).end()
  }).listen(0, '127.0.0.1')
  await once(hub, 'listening')
  vi.stubEnv('HF_ENDPOINT', `http://127.0.0.1:${(hub.address() as AddressInfo).port}`)
  return asked
}
const configOf = (): Record<string, unknown> => JSON.parse(readFileSync(join(source, 'config.json'), 'utf8')) as never

test('a folder is checked, added once, and listed by name and digest', async () => {
  const survey = await run('model', 'check', source)
  expect(survey).toMatch(/kind +qwen2/)
  expect(survey).toMatch(/supported +yes/)
  const added = JSON.parse(await run('model', 'add', source, '--name', 'mine', '--json')) as {
    digest: string
    dir: string
  }
  expect(JSON.parse(await run('model', 'add', source, '--json'))).toMatchObject({ ...added, name: 'mine' })
  expect(readdirSync(join(cache, 'bases'))).toHaveLength(1)
  expect(await run('model', 'list', '--bases')).toMatch(new RegExp(`mine +${added.digest.slice(0, 18)}`))
})

test('what is not supported is named by check, which exits 1, and refused by add, which leaves nothing', async () => {
  const dir = mkdtempSync(join(home, 'gemma-'))
  for (const name of readdirSync(source)) writeFileSync(join(dir, name), readFileSync(join(source, name)))
  writeFileSync(join(dir, 'config.json'), JSON.stringify({ ...configOf(), model_type: 'gemma2', hidden_act: 'gelu' }))
  const said = await run('model', 'check', dir)
  expect(said).toMatch(/supported +no/)
  expect(said).toMatch(/model_type gemma2\n +needs a forward pass/)
  expect(said).toMatch(/hidden_act gelu\n/)
  expect(process.exitCode).toBe(1)
  await expect(run('model', 'add', dir)).rejects.toMatchObject({ code: 'models/unsupported' })
  expect(readdirSync(cache)).toEqual([])
})

test('a model of the hub is added at its commit; one that its config rules out costs no weights', async () => {
  await openHub(configOf())
  expect(JSON.parse(await run('model', 'add', 'some/tiny', '--json'))).toMatchObject({ name: 'some/tiny@dddddddd' })
  hub?.close().closeAllConnections()
  vi.stubEnv('TRIBUTARY_CACHE', mkdtempSync(join(home, 'cache-')))
  const asked = await openHub({ ...configOf(), model_type: 'mixtral', num_local_experts: 8 })
  await expect(run('model', 'add', 'some/tiny')).rejects.toMatchObject({
    code: 'models/architecture',
    facts: { traits: [expect.stringContaining('model_type mixtral'), expect.stringContaining('num_local_experts 8')] },
  })
  expect(asked.filter((name) => name.includes('safetensors'))).toEqual([])
})

test('a path that is not there and is no id is models/base-missing', async () => {
  await expect(run('model', 'add', '/nowhere/model.gguf')).rejects.toMatchObject({ code: 'models/base-missing' })
})
