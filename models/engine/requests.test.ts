import { Ajv } from 'ajv'
import fc from 'fast-check'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findError } from '../../kernel/index.ts'
import { createEngine, tinyBase, type BaseModel, type Engine, type GenerateRequest } from '../index.ts'

let home: string
let base: BaseModel
let engine: Engine
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'requests-'))
  base = await tinyBase(home)
  engine = await createEngine({ base, threads: 1, rows: 2, bounds: { requests: 12, tokens: 4_000 } })
})
afterAll(async () => {
  await engine.close()
  rmSync(home, { recursive: true, force: true })
})

const promptOf = (text: string): number[] =>
  base.tokenizer.encodeChat([{ role: 'user', content: text }], { addGenerationPrompt: true })
const request = (more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  promptIds: promptOf('question'),
  maxTokens: 20,
  temperature: 1.5,
  ...more,
})

test('10 requests of one payer are waiting: the one of another is answered third, after those that had a row', async () => {
  const order: string[] = []
  const owed = await engine.admit({ promptTokens: 0, maxTokens: 0, owed: true })
  const ask = (name: string, payer: string, seed: number) =>
    engine.generate(request({ payer, seed, place: owed })).then(() => order.push(name))
  const many = Array.from({ length: 10 }, (_, i) => ask(`many ${i}`, 'many', i))
  await Promise.all([...many, ask('one', 'one', 100)])
  expect(order.indexOf('one')).toBeLessThanOrEqual(3)
  expect(order).toHaveLength(11)
})

test('a cancelled request frees its row at once, one that waits leaves the line, and the rest is answered as alone', async () => {
  const alone = await engine.generate(request({ seed: 5 }))
  const long = Array.from({ length: 2 }, (_, i) => {
    const stop = new AbortController()
    let tokens = 0
    const answer = engine.generate(
      request({ maxTokens: 400, seed: i, signal: stop.signal, onToken: () => void (++tokens === 4 && stop.abort()) }),
    )
    return { answer, tokens: () => tokens }
  })
  const waits = new AbortController()
  const waiting = engine.generate(request({ signal: waits.signal, seed: 9 }))
  waits.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'models/cancelled' })
  const next = engine.generate(request({ seed: 5 }))
  for (const { answer } of long) await expect(answer).rejects.toMatchObject({ code: 'models/cancelled' })
  expect(await next).toEqual(alone)
  // Both rows were needed for it: 400 tokens each would have come before.
  for (const { tokens } of long) expect(tokens()).toBeLessThan(30)
  expect(engine.progress).toMatchObject({ waiting: 0, running: 0, openTokens: 0 })
})

test('over 12 requests admit says models/busy with the seconds to wait; a kept place is good for one answer', async () => {
  const wanted = { promptTokens: 10, maxTokens: 20 }
  const places = await Promise.all(
    Array.from({ length: 12 }, (_, i) => engine.admit({ ...wanted, payer: `payer ${i}` })),
  )
  const busy = findError(await engine.admit({ ...wanted, payer: 'late' }).catch((error: unknown) => error))
  expect(busy).toMatchObject({ code: 'models/busy', retry: true, facts: { open: 12 } })
  expect(busy?.facts['retryAfterSeconds']).toBeGreaterThan(0)
  await expect(engine.generate(request({ payer: 'late' }))).rejects.toMatchObject({ code: 'models/busy' })
  const answer = await engine.generate(request({ payer: 'payer 0', place: places[0]! }))
  expect(answer.ids.length).toBeGreaterThan(0)
  // Its place went with it.
  expect((await engine.generate(request({ payer: 'late' }))).ids.length).toBeGreaterThan(0)
  for (const place of places) place.release()
  expect(engine.progress.openTokens).toBe(0)
})

test('an answer with stop strings is the answer without them, cut before the first, and ends with the token that completes it', async () => {
  const whole = await engine.generate(request({ maxTokens: 120, seed: 3 }))
  // A random model writes random bytes: what is printable of them can be a stop string.
  const printable = [...whole.text.matchAll(/[ -~]{2,}/g)].map(([run]) => run)
  expect(printable.length).toBeGreaterThan(2)
  for (const stop of [...printable.slice(0, 3), printable[1]!.slice(0, 1), whole.text.slice(0, 1)]) {
    let streamed = ''
    const onToken = (_: number, piece: string) => void (streamed += piece)
    const answer = await engine.generate(request({ maxTokens: 120, seed: 3, stop: ['never\n', stop], onToken }))
    expect(answer.finish).toBe('stop')
    expect(answer.text).toBe(whole.text.slice(0, whole.text.indexOf(stop)))
    expect(streamed).toBe(answer.text)
    expect(answer.ids).toEqual(whole.ids.slice(0, answer.ids.length))
    expect(base.tokenizer.decode(answer.ids)).toContain(stop)
    expect(base.tokenizer.decode(answer.ids.slice(0, -1))).not.toContain(stop)
  }
})

test('log-probabilities agree with the loss of the gradient graph to 1e-4, their likeliest is the greedy token, and they change nothing', async () => {
  const plain = await engine.generate(request({ temperature: 0 }))
  const { logprobs, ...answer } = await engine.generate(request({ temperature: 0, topLogprobs: 5 }))
  expect(answer).toEqual(plain)
  const { lossNats } = await engine.answerGradient({ promptIds: request().promptIds, answerIds: plain.ids })
  const sum = logprobs!.reduce((all, { logprob }) => all + logprob, 0)
  expect(Math.abs(sum / plain.ids.length + lossNats)).toBeLessThan(1e-4)
  for (const { token, logprob, top_logprobs: top } of logprobs!) {
    expect(top[0]).toMatchObject({ token, logprob })
    expect(top.map((one) => one.logprob)).toEqual(top.map((one) => one.logprob).toSorted((a, b) => b - a))
    expect(top.reduce((mass, one) => mass + Math.exp(one.logprob), 0)).toBeLessThanOrEqual(1 + 1e-9)
  }
  // All 272 tokens together are certain.
  const { logprobs: one } = await engine.generate(request({ maxTokens: 1, topLogprobs: 20 }))
  expect(one![0]!.top_logprobs).toHaveLength(20)
})

test('a stop string hides the log-probabilities of its own tokens', async () => {
  const whole = await engine.generate(request({ maxTokens: 40, seed: 3 }))
  const stop = /[ -~]{2,}/.exec(whole.text)![0]
  const answer = await engine.generate(request({ maxTokens: 40, seed: 3, stop: [stop], topLogprobs: 0 }))
  expect(answer.logprobs!.length).toBeLessThan(answer.ids.length)
  expect(base.tokenizer.decode(answer.ids.slice(0, answer.logprobs!.length))).toBe(answer.text)
})

test.each([
  [{ stop: [''] }, 'models/request'],
  [{ stop: ['a', 'b', 'c', 'd', 'e'] }, 'models/request'],
  [{ topLogprobs: 21 }, 'models/request'],
  [{ schema: '{' }, 'models/schema-unsupported'],
  [{ schema: '{"type":"string","pattern":"a"}' }, 'models/schema-unsupported'],
])('%j is refused as %s', async (more, code) => {
  await expect(engine.generate(request(more))).rejects.toMatchObject({ code })
})

/** Schemas of all kinds that are honoured, of finite answers: a random model would not end the others. */
const leaf = fc.oneof(
  fc.constantFrom({ type: 'boolean' }, { type: 'null' }, { type: ['boolean', 'null'] }),
  fc.tuple(fc.integer({ min: -500, max: 500 }), fc.nat(255)).map(([minimum, more]) => ({
    type: 'integer',
    minimum,
    maximum: minimum + more,
  })),
  fc
    .uniqueArray(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.integer(), fc.constant(null)), {
      minLength: 1,
      maxLength: 4,
    })
    .map((choices) => ({ enum: choices })),
  fc.oneof(fc.boolean(), fc.constant({ a: [1, 'é"\\'] })).map((value) => ({ const: value })),
)
const { schema: schemaOf } = fc.letrec((tie) => ({
  schema: fc.oneof({ depthSize: 'small', maxDepth: 3 }, leaf, tie('object'), tie('array'), tie('choice')),
  object: fc
    .tuple(
      fc.dictionary(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }).filter((key) => key !== '__proto__'),
        tie('schema'),
        {
          minKeys: 1,
          maxKeys: 3,
        },
      ),
      fc.boolean(),
    )
    .map(([properties, all]) => ({
      type: 'object',
      properties,
      required: all ? Object.keys(properties) : Object.keys(properties).slice(0, 1),
      additionalProperties: false,
    })),
  array: fc
    .tuple(tie('schema'), fc.nat(2), fc.nat(2))
    .map(([items, minItems, more]) => ({ type: 'array', items, minItems, maxItems: minItems + more })),
  choice: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
}))

const ajv = new Ajv({ strict: false })
test('25 random schemas: every answer that ended is valid by its schema, and one that was cut is the beginning of one', async () => {
  let ended = 0
  await fc.assert(
    fc.asyncProperty(schemaOf, fc.nat(1e6), async (schema, seed) => {
      const text = JSON.stringify(schema)
      const answer = await engine.generate(request({ schema: text, maxTokens: 300, seed }))
      expect(answer.finish).toBe('stop')
      const isValid = ajv.compile(schema as object)
      expect(isValid(JSON.parse(answer.text)) ? null : isValid.errors).toBeNull()
      ended++
      const cut = await engine.generate(request({ schema: text, maxTokens: 3, seed }))
      expect(answer.text.startsWith(cut.text.replace(/\ufffd+$/, ''))).toBe(true)
      expect(cut.finish).toBe(answer.ids.length < 3 ? 'stop' : answer.ids.length === 3 ? expect.any(String) : 'length')
    }),
    { numRuns: 25, seed: 11 },
  )
  expect(ended).toBe(25)
}, 60_000)

test('schemas of many answers at once, mixed with free ones, give what each gives alone', async () => {
  const schema = '{"type":"array","items":{"enum":["a","bb",7]},"minItems":3,"maxItems":6}'
  const ask = (i: number) => engine.generate(request({ seed: i, maxTokens: 40, ...(i % 2 ? { schema } : {}) }))
  const together = await Promise.all(Array.from({ length: 8 }, (_, i) => ask(i)))
  for (const [i, answer] of together.entries()) expect(await ask(i)).toEqual(answer)
})
