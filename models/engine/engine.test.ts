import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestText } from '../../kernel/index.ts'
import { seededNormal } from '../graph/index.ts'
import { seededUniform } from '../serve/seededUniform.ts'
import {
  adapterLayout,
  createEngine,
  encodeRow,
  initialAdapter,
  tinyBase,
  type Adapter,
  type Answer,
  type BaseModel,
  type Engine,
} from '../index.ts'

let home: string
let base: BaseModel
let engine: Engine
const digest = (k: number) => digestText(`adapter ${k}`)

function noisyAdapter(k: number, layout = engine.layout): Adapter {
  const adapter = initialAdapter(layout, k)
  const normal = seededNormal(100 + k)
  for (let i = 0; i < adapter.theta.length; i++) adapter.theta[i]! += 0.3 * normal()
  return adapter
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'engine-'))
  base = await tinyBase(home)
  engine = await createEngine({ base, threads: 1, rows: 3 })
  for (let k = 0; k < 5; k++) await engine.addAdapter(digest(k), noisyAdapter(k))
})
afterAll(async () => {
  await engine.close()
  rmSync(home, { recursive: true, force: true })
})

const promptOf = (text: string): number[] =>
  base.tokenizer.encodeChat([{ role: 'user', content: text }], { addGenerationPrompt: true })
const request = (k: number) => ({
  promptIds: promptOf(`question ${'x'.repeat(7 * k)}`),
  maxTokens: 30 + 20 * k,
  temperature: 0.9,
  topP: 0.95,
  seed: k,
  ...(k < 5 ? { adapter: digest(k) } : {}),
})

test('8 answers asked at once over 3 rows, of 5 adapters and the base, are those that each gives alone', async () => {
  const together = await Promise.all(Array.from({ length: 8 }, (_, k) => engine.generate(request(k))))
  for (const [k, answer] of together.entries()) expect(await engine.generate(request(k))).toEqual(answer)
  expect(new Set(together.map((answer) => answer.ids.slice(0, 12).join())).size).toBe(8)
  // Long enough that the cache grew over its first 64 tokens while others were in it.
  expect(Math.max(...together.map(({ ids, promptTokens }) => ids.length + promptTokens))).toBeGreaterThan(128)
})

test('an engine on 2 threads, with another number of rows, draws the same tokens', async () => {
  const other = await createEngine({ base, threads: 2, rows: 8 })
  await other.addAdapter(digest(2), noisyAdapter(2))
  const [a, b] = await Promise.all([engine.generate(request(2)), other.generate(request(2))])
  await other.close()
  expect(b).toEqual(a)
})

test('a new process with the same seed gives the same tokens', async () => {
  const script = `
    import { createEngine, openBase, initialAdapter } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)}
    const engine = await createEngine({ base: await openBase(${JSON.stringify(base.dir)}), threads: 2 })
    const answer = await engine.generate({ promptIds: ${JSON.stringify(promptOf('again'))}, maxTokens: 40, temperature: 1, seed: 11 })
    console.log(JSON.stringify(answer))
    await engine.close()`
  const child = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', script], {
    encoding: 'utf8',
    timeout: 50_000,
  })
  expect(child.stderr).toBe('')
  const here = await engine.generate({ promptIds: promptOf('again'), maxTokens: 40, temperature: 1, seed: 11 })
  expect(JSON.parse(child.stdout)).toEqual(here)
})

test('streamed pieces join to the answer, and another seed gives another answer', async () => {
  let streamed = ''
  const tokens: number[] = []
  const onToken = (token: number, text: string) => {
    tokens.push(token)
    streamed += text
  }
  const answer = await engine.generate({ ...request(1), onToken })
  expect(tokens).toEqual(answer.ids)
  expect(answer.text.startsWith(streamed)).toBe(true)
  expect(streamed.length).toBeGreaterThan(10)
  expect((await engine.generate({ ...request(1), seed: 77 })).ids).not.toEqual(answer.ids)
})

test('greedy decoding takes at each step the token that the loss calls likeliest', async () => {
  const promptIds = promptOf('greedy')
  const { ids } = await engine.generate({ promptIds, maxTokens: 6, adapter: digest(3) })
  const lossOf = async (answerIds: number[]) =>
    (await engine.answerGradient({ promptIds, answerIds, adapter: digest(3) })).lossNats * answerIds.length
  const prefix = ids.length < 2 ? 0 : await lossOf(ids.slice(0, -1))
  const best = (await lossOf(ids)) - prefix
  for (const other of [5, 60, 120, 200]) {
    if (other === ids.at(-1)) continue
    expect((await lossOf([...ids.slice(0, -1), other])) - prefix).toBeGreaterThan(best - 1e-4)
  }
})

test('a cancelled answer stops early with its code, and leaves the row to others', async () => {
  const stop = new AbortController()
  let seen = 0
  const cancelled = engine.generate({
    ...request(4),
    maxTokens: 400,
    temperature: 1.5,
    signal: stop.signal,
    onToken: () => ++seen === 3 && stop.abort(),
  })
  await expect(cancelled).rejects.toMatchObject({ code: 'models/cancelled' })
  expect(seen).toBeLessThan(200)
  await expect(engine.generate({ ...request(4), signal: stop.signal })).rejects.toMatchObject({
    code: 'models/cancelled',
  })
  expect((await engine.generate(request(0))).ids.length).toBeGreaterThan(0)
})

test('the gradient of an answer equals central differences of its loss in 12 directions', async () => {
  const promptIds = promptOf('why')
  const answerIds = base.tokenizer.encode('because of it')
  const adapter = noisyAdapter(9)
  await engine.addAdapter(digest(9), adapter)
  const { gradient, lossNats, labels } = await engine.answerGradient({ promptIds, answerIds, adapter: digest(9) })
  expect(labels).toBe(13)
  const row = encodeRow(promptIds, answerIds)
  const [hidden] = await engine.prefixStates([row])
  const normal = seededNormal(4)
  for (let round = 0; round < 12; round++) {
    const direction = Float32Array.from(adapter.theta, normal)
    const size = 1e-2 / Math.hypot(...direction)
    const moved = [1, -1].map((sign) => adapter.theta.map((value, i) => value + sign * size * direction[i]!))
    const results = await engine.rowGradients(
      [0, 1].map((k) => ({ row, hidden: hidden!, adapter: k })),
      moved,
    )
    const slope = (results[0]!.lossNats - results[1]!.lossNats) / (2 * size)
    const predicted = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0)
    expect(Math.abs(slope - predicted)).toBeLessThan(
      0.02 * Math.hypot(...gradient) * Math.sqrt(direction.length) * 0.1 + 2e-3 * Math.abs(predicted),
    )
    expect(lossNats).toBeGreaterThan(0)
  }
})

test('a row of a gradient batch has the bits that it has alone, whatever its neighbours and their adapters', async () => {
  const rows = Array.from({ length: 11 }, (_, i) =>
    encodeRow(promptOf('p'.repeat(i % 4)), base.tokenizer.encode('answer'.slice(0, 3 + (i % 3)))),
  )
  const hidden = await engine.prefixStates(rows)
  const thetas = Array.from({ length: 3 }, (_, k) => noisyAdapter(k).theta)
  const all = rows.map((row, i) => ({ row, hidden: hidden[i]!, adapter: i % 3 }))
  const batch = await engine.rowGradients(all, thetas)
  for (const [i, one] of all.entries()) {
    const [alone] = await engine.rowGradients([{ ...one, hidden: (await engine.prefixStates([one.row]))[0]! }], thetas)
    // One adapter more in the stack, and the row at another place: no bit may differ.
    expect(alone!.lossNats).toBe(batch[i]!.lossNats)
    expect(Buffer.from(alone!.gradient.slice().buffer).equals(Buffer.from(batch[i]!.gradient.slice().buffer))).toBe(
      true,
    )
  }
})

test('alpha of twice the rank doubles what B does: the loss is that of an adapter with B doubled', async () => {
  const { config } = base
  const options = { rank: 2, targets: ['q_proj', 'v_proj'] as const, fromLayer: 1 }
  const [plain, doubled] = [adapterLayout(config, options), adapterLayout(config, { ...options, alpha: 4 })]
  const adapter = noisyAdapter(3, plain)
  const twice = adapter.theta.slice()
  for (const module of plain.modules) {
    for (let i = 0; i < module.rank * module.out; i++) twice[module.B + i]! *= 2
  }
  const ask = async (layout: typeof plain, theta: Float32Array) => {
    const own = await createEngine({ base, layout, threads: 1 })
    await own.addAdapter(digest(1), { layout, theta })
    const result = await own.answerGradient({ promptIds: promptOf('a'), answerIds: [40, 41, 42], adapter: digest(1) })
    await own.close()
    return result
  }
  const a = await ask(plain, twice)
  const b = await ask(doubled, adapter.theta)
  expect(b.lossNats).toBe(a.lossNats)
  const { B } = plain.modules[0]!
  expect(b.gradient[B]).toBe(2 * a.gradient[B]!)
})

test('a prompt over the context, an unknown adapter, a foreign token, an empty prompt and a foreign layout each have their code', async () => {
  const long = { promptIds: promptOf('y'.repeat(500)), maxTokens: 100 }
  await expect(engine.generate(long)).rejects.toMatchObject({
    code: 'models/context-length',
    facts: { contextTokens: 512 },
  })
  const unknown = { ...request(0), adapter: digestText('nobody') }
  await expect(engine.generate(unknown)).rejects.toMatchObject({ code: 'models/unknown-adapter' })
  await expect(engine.answerGradient({ ...unknown, answerIds: [5] })).rejects.toMatchObject({
    code: 'models/unknown-adapter',
  })
  await expect(engine.generate({ promptIds: [272], maxTokens: 1 })).rejects.toMatchObject({
    code: 'models/token-range',
  })
  await expect(engine.generate({ promptIds: [], maxTokens: 1 })).rejects.toMatchObject({ code: 'models/request' })
  const layout = adapterLayout(
    { ...base.config, hidden_size: 2 * base.config.hidden_size },
    { rank: 2, targets: ['o_proj'], fromLayer: 0 },
  )
  await expect(engine.addAdapter(digest(11), initialAdapter(layout, 1))).rejects.toMatchObject({
    code: 'models/adapter-layout',
  })
})

test('200 answers of 12 adapters of any layout, of which 2 fit in memory, are those that each gives where all fit', async () => {
  const layouts = [
    engine.layout,
    adapterLayout(base.config, { rank: 3, alpha: 5, targets: ['down_proj', 'k_proj'], layers: [1] }),
    adapterLayout(base.config, { rank: 16, targets: ['o_proj', 'gate_proj', 'q_proj'], fromLayer: 0 }),
  ]
  const adapters = Array.from({ length: 12 }, (_, k) => noisyAdapter(k, layouts[k % 3]))
  const adapterBytes = 2 * Math.max(...adapters.map(({ theta }) => theta.byteLength))
  const [roomy, tight] = [
    await createEngine({ base, threads: 1 }),
    await createEngine({ base, threads: 1, rows: 5, adapterBytes }),
  ]
  let reloads = 0
  for (const [k, adapter] of adapters.entries()) {
    await roomy.addAdapter(digest(k), adapter)
    await tight.addAdapter(digest(k), adapter, async () => {
      reloads++
      return adapter
    })
  }
  const uniform = seededUniform('swaps')
  const questions = ['a', 'b'.repeat(70), 'c']
  const asked = Array.from({ length: 200 }, () => {
    const k = Math.floor(uniform() * 12)
    return {
      k,
      promptIds: promptOf(questions[Math.floor(uniform() * 3)]!),
      adapter: digest(k),
      maxTokens: 4,
      temperature: 1,
      seed: 5,
    }
  })
  const alone = new Map<string, Promise<Answer>>()
  const wanted = async (request: (typeof asked)[number]) => {
    const key = `${request.k} ${request.promptIds.join()}`
    const known = alone.get(key) ?? roomy.generate(request)
    alone.set(key, known)
    return await known
  }
  for (let at = 0; at < asked.length; at += 20) {
    const batch = asked.slice(at, at + 20)
    const answers = await Promise.all(batch.map((request) => tight.generate(request)))
    for (const [i, answer] of answers.entries()) expect(answer).toEqual(await wanted(batch[i]!))
  }
  expect(reloads).toBeGreaterThan(50)
  expect(new Set((await Promise.all(alone.values())).map(({ ids }) => ids.join())).size).toBeGreaterThan(24)
  await Promise.all([roomy.close(), tight.close()])
})

test('an adapter that cannot be read again fails its own answer with its reason, and the next one that can is answered', async () => {
  const short = await createEngine({ base, threads: 1, adapterBytes: 1 })
  const gone = new Error('the folder is gone')
  await short.addAdapter(digest(1), noisyAdapter(1), () => Promise.reject(gone))
  await short.addAdapter(digest(2), noisyAdapter(2), async () => noisyAdapter(2))
  await expect(short.generate(request(1))).rejects.toBe(gone)
  expect(await short.generate(request(2))).toEqual(await engine.generate(request(2)))
  await short.close()
})

test('a closed engine fails what is open and what comes later with models/engine-stopped', async () => {
  const short = await createEngine({ base, threads: 1 })
  const open = short.generate({
    promptIds: promptOf('z'),
    maxTokens: 400,
    temperature: 1.5,
    onToken: () => void short.close(),
  })
  await expect(open).rejects.toMatchObject({ code: 'models/engine-stopped' })
  await expect(short.generate(request(7))).rejects.toMatchObject({ code: 'models/engine-stopped' })
})
