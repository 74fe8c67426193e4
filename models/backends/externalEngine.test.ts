import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, chmodSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { digestBytes, type Digest } from '../../kernel/index.ts'
import { peftDigest, type PeftFiles } from '../adapters/encodePeft.ts'
import type { AnswerEngine, AnswerRequest } from '../engine/AnswerEngine.ts'
import { readContract } from './contract/contract.ts'
import { contractServer, type ContractServer, type Fault } from './contract/contractServer.ts'
import { openExternalEngine } from './openExternalEngine.ts'
import type { ServeConfig } from './serveConfig.ts'

const contract = readContract()
const baseDigest = digestBytes(Buffer.from('the base'))
const base = {
  digest: baseDigest,
  weightsDigest: digestBytes(Buffer.from('its weights')),
  source: [],
  tokenizer: {
    eos: 2,
    encode: (text: string) => Array.from(Buffer.from(text)),
    decode: (ids: readonly number[]) => ids.join(),
    encodeChat: () => [],
  },
}

/** Files of made-up adapters: nobody reads them here but by their digest. */
const filesOf = (n: number): PeftFiles => ({
  weights: Buffer.from(`weights ${n}`),
  config: Buffer.from(`{"n":${n}}`),
})
const known = new Map<Digest, PeftFiles>()
const adapters = Array.from({ length: 6 }, (_, n) => {
  const digest = peftDigest(filesOf(n))
  known.set(digest, filesOf(n))
  return digest
})
const adapter = (n: number): Digest => adapters[n] as Digest

let server: ContractServer
let dir: string
beforeEach(async () => {
  server = await contractServer()
  dir = mkdtempSync(join(tmpdir(), 'tributary-adapters-'))
})
afterEach(async () => {
  await server.close()
  rmSync(dir, { recursive: true, force: true })
})

const config = (more: Partial<ServeConfig> = {}): ServeConfig => ({
  url: server.url,
  base: 'smollm2',
  baseRevision: baseDigest,
  dtype: 'float32',
  adapterDir: dir,
  adapterDirThere: '/adapters',
  resident: 64,
  requests: 64,
  silenceMs: 5_000,
  timeoutMs: 20_000,
  ...more,
})
const open = (more: Partial<ServeConfig> = {}): Promise<AnswerEngine> =>
  openExternalEngine({
    config: config(more),
    base,
    contextTokens: 2_048,
    readFiles: async (digest) => known.get(digest) ?? filesOf(99),
  })
const request = (n: number, more: Partial<AnswerRequest> = {}): AnswerRequest => ({
  adapter: adapter(n),
  promptIds: contract.promptIds,
  maxTokens: 6,
  ...more,
})
const callsTo = (path: string): number => server.calls.filter((call) => call === path).length
const once =
  (path: string, fault: Fault): Fault =>
  (call, response) =>
    call.path === path && call.count === 1 && fault(call, response)
const completions = '/v1/completions'

test('an answer is what the engine said, token ids and all, under a stamp that says who made it', async () => {
  const engine = await open()
  const pieces: string[] = []
  const answer = await engine.generate(request(0, { onToken: (token, text) => void pieces.push(`${token}${text}`) }))
  expect(answer).toMatchObject({
    text: '1. Danube: The largest',
    ids: [33, 30, 37939, 42, 378, 3995],
    finish: 'length',
    promptTokens: 36,
  })
  expect(answer.stamp).toEqual({
    mode: 'external',
    engine: 'vllm',
    version: '0.32.0',
    fingerprint: 'vllm-0.32.0-49f5df43',
    base: 'smollm2',
    baseRevision: baseDigest,
    adapter: adapter(0),
    dtype: 'float32',
    tokens: 'reported',
  })
  expect(pieces).toEqual(['331', '30.', '37939 Danube', '42:', '378 The', '3995 largest'])
  expect(engine.contextTokens).toBe(512)
  expect(await engine.describe()).toBe(`vllm 0.32.0 at ${server.url}, base smollm2, not attested`)
})

test('an answer that the model ended has its text, and not the token that ended it', async () => {
  const answer = await (await open()).generate(request(0, { maxTokens: 100 }))
  expect(answer).toMatchObject({ finish: 'stop' })
  expect(answer.ids).toHaveLength(81)
  expect(answer.ids).not.toContain(2)
  expect(answer.text.endsWith('the planet.')).toBe(true)
})

test('stop strings, log-probabilities and schemas are the engine’s own, in the form of ours', async () => {
  const engine = await open()
  const stopped = await engine.generate(request(0, { maxTokens: 60, stop: ['1.'] }))
  expect(stopped).toMatchObject({ text: '', ids: [33, 30], finish: 'stop' })
  const { logprobs, text } = await engine.generate(request(0, { maxTokens: 3, topLogprobs: 2 }))
  expect(text).toBe('1. Danube')
  expect(logprobs).toHaveLength(3)
  expect(logprobs?.[0]?.logprob).toBeCloseTo(-1.03, 2)
  expect(logprobs?.[0]?.top_logprobs).toHaveLength(2)
  expect(logprobs?.[0]?.token).toBe('33')
  const schema = '{"type":"object","properties":{"rivers":{"type":"integer"}},"required":["rivers"]}'
  const answer = await engine.generate(request(0, { maxTokens: 40, schema }))
  expect(answer).toMatchObject({ finish: 'stop' })
  expect(JSON.parse(answer.text)).toEqual({ rivers: expect.any(Number) })
})

test('the engine is given read-only files by their digest, and asked by it: 20 askers at once load an adapter once', async () => {
  const engine = await open()
  await Promise.all(Array.from({ length: 20 }, () => engine.generate(request(1))))
  expect(callsTo('/v1/load_lora_adapter')).toBe(1)
  expect([...server.loaded]).toEqual([[adapter(1), `/adapters/${adapter(1)}`]])
  const file = join(dir, adapter(1), 'adapter_model.safetensors')
  expect(readFileSync(file, 'utf8')).toBe('weights 1')
  expect(statSync(file).mode & 0o222).toBe(0)
})

test('files that are not those of the digest reach no engine; a folder that was changed is made good before it is loaded', async () => {
  const engine = await open()
  const unknown = digestBytes(Buffer.from('nobody'))
  const changed = engine.generate({ ...request(0), adapter: unknown })
  await expect(changed).rejects.toMatchObject({ code: 'models/serve-adapter-changed', retry: false })
  expect(callsTo('/v1/load_lora_adapter')).toBe(0)
  expect(existsSync(join(dir, unknown))).toBe(false)

  await engine.generate(request(0))
  const file = join(dir, adapter(0), 'adapter_model.safetensors')
  chmodSync(file, 0o644)
  writeFileSync(file, 'weights of somebody else')
  server.loaded.clear()
  await engine.generate(request(0))
  expect(readFileSync(file, 'utf8')).toBe('weights 0')
})

test('a digest that somebody loaded from elsewhere is loaded anew from our files; an engine that insists is refused', async () => {
  server.loaded.set(adapter(0), '/somewhere/else')
  await (await open()).generate(request(0))
  expect(server.loaded.get(adapter(0))).toBe(`/adapters/${adapter(0)}`)

  server.setFault(({ path, body }, response) => {
    if (path !== '/v1/load_lora_adapter') return false
    server.loaded.set(body['lora_name'] as string, '/somewhere/else')
    response.end('Success')
    return true
  })
  await expect((await open()).generate(request(1))).rejects.toMatchObject({ code: 'models/serve-adapter-differs' })
})

test('of 6 adapters with room for 2 the least recently used are unloaded, and loaded again when they are asked for', async () => {
  const engine = await open({ resident: 2 })
  for (let n = 0; n < 6; n++) await engine.generate(request(n))
  expect([...server.loaded.keys()]).toEqual([adapter(4), adapter(5)])
  await engine.generate(request(4))
  await engine.generate(request(0))
  expect([...server.loaded.keys()]).toEqual([adapter(4), adapter(0)])
  expect(callsTo('/v1/load_lora_adapter')).toBe(7)
  await Promise.all(adapters.map((_, n) => engine.generate(request(n))))
  await expect.poll(() => server.loaded.size).toBe(2)
})

test('an adapter that is gone between load and use is loaded once more; an engine that drops it again is given up', async () => {
  const engine = await open()
  const lose: Fault = () => {
    server.loaded.clear()
    return false
  }
  server.setFault(once(completions, lose))
  expect((await engine.generate(request(0))).text).toBe('1. Danube: The largest')
  expect(callsTo('/v1/load_lora_adapter')).toBe(2)
  server.setFault(({ path }, response) => path === completions && lose({ path, body: {}, count: 0 }, response))
  await expect(engine.generate(request(0))).rejects.toMatchObject({ code: 'models/serve-forgets', retry: true })
})

const piece = (more: object): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, text: 'half', token_ids: [7] }], ...more })}\n\n`
/** What the engine says instead, whole. */
const says =
  (text: string, status = 200, headers: Record<string, string> = {}): Fault =>
  (_, response) => {
    response.writeHead(status, headers).end(text)
    return true
  }
const last = { choices: [{ index: 0, text: 'x', token_ids: [7], finish_reason: 'stop' }] }
const inside = 'data: {"error":{"message":"x","type":"InternalServerError","code":500}}\n\n'
const faults: [string, Fault, object][] = [
  ['429', says('', 429, { 'retry-after': '7' }), { code: 'models/busy', retry: true, facts: { retryAfterSeconds: 7 } }],
  ['500', says('oops', 500), { code: 'models/serve-failed', retry: true }],
  [
    'a broken line',
    (_, response) => response.destroy() === response,
    { code: 'models/serve-unreachable', retry: true },
  ],
  [
    'a line that breaks after a piece',
    (_, response) => {
      response.write(piece({}), () => response.destroy())
      return true
    },
    { retry: true },
  ],
  ['an end without an end', says(piece({})), { code: 'models/serve-broken-off', retry: true, facts: { tokens: 1 } }],
  ['a finish without the end of the stream', says(piece(last)), { code: 'models/serve-broken-off', retry: true }],
  ['a fault in the middle of a stream', says(piece({}) + inside), { code: 'models/serve-failed', retry: true }],
  ['silence', () => true, { code: 'models/serve-unreachable', retry: true, facts: { reason: 'nothing for 0.2 s' } }],
  [
    'an answer of another model',
    says(piece({ model: 'smollm2' })),
    { code: 'models/serve-contract', facts: { what: 'model' } },
  ],
  [
    'an answer to another prompt',
    says(piece({ usage: { prompt_tokens: 37, completion_tokens: 1 } })),
    { code: 'models/serve-contract', facts: { what: 'prompt' } },
  ],
  ['what it will not do', says('{}', 400), { code: 'models/serve-refused', retry: false }],
]

test.each(faults)('%s is a coded error and no answer, and the next one is answered', async (_, fault, expected) => {
  const engine = await open({ silenceMs: 200 })
  await engine.generate(request(0))
  server.setFault(
    ({ path, body, count }, response) => path === completions && count === 2 && fault({ path, body, count }, response),
  )
  await expect(engine.generate(request(0))).rejects.toMatchObject(expected)
  expect((await engine.generate(request(0))).text).toBe('1. Danube: The largest')
})

test('an answer that nobody waits for closes its connection, before its first piece and after', async () => {
  const engine = await open({ silenceMs: 600_000, timeoutMs: 600_000 })
  for (const first of ['', piece({})]) {
    const before = server.hungUp()
    const stop = new AbortController()
    server.setFault(({ path }, response) => {
      if (path !== completions) return false
      response.flushHeaders()
      if (first) response.write(first)
      setTimeout(() => stop.abort(), 20)
      return true
    })
    await expect(engine.generate(request(0, { signal: stop.signal }))).rejects.toMatchObject({
      code: 'models/cancelled',
    })
    await expect.poll(() => server.hungUp()).toBe(before + 1)
  }
})

test('a text without token ids is encoded again, and the stamp says so', async () => {
  const engine = await open()
  server.setFault(({ path }, response) => {
    if (path !== completions) return false
    const chunk = (text: string, finish: string | null) =>
      `data: ${JSON.stringify({ choices: [{ text, finish_reason: finish }] })}\r\n\r\n`
    response.end(`: a comment\n${chunk('ab', null)}${chunk('c', 'stop')}data: [DONE]\n\n`)
    return true
  })
  expect(await engine.generate(request(0))).toMatchObject({
    ids: [97, 98, 99],
    text: 'abc',
    stamp: { tokens: 'encoded' },
  })
})

test('an engine with another base, or with weights that are not those of our adapters, is refused at the start', async () => {
  await expect(open({ base: 'llama' })).rejects.toMatchObject({
    code: 'models/serve-base',
    facts: { served: ['smollm2'] },
  })
  await expect(open({ baseRevision: 'main' })).rejects.toMatchObject({ code: 'models/serve-base' })
  await expect(open({ url: 'http://127.0.0.1:9' })).rejects.toMatchObject({
    code: 'models/serve-unreachable',
    retry: true,
  })
})
