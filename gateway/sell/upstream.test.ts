import { createServer, type IncomingMessage, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { partsOfFee } from '../../attribution/index.ts'
import { readModel } from '../../chain/index.ts'
import type { Digest } from '../../kernel/index.ts'
import { attributionOf, getReceipt, listAdapters, listSamples } from '../../store/index.ts'
import { boundTools } from '../../tools/boundTools.ts'
import { refuseOtherBase, runTool, type BoundTool } from '../../tools/index.ts'
import { openTestContext, type TestContext } from '../../tools/testing/openTestContext.ts'
import { toolCaller } from '../../tools/testing/toolCaller.ts'
import { tinyCorpus, tinyDatanet, trainTinyModel } from '../../tools/testing/trainTinyModel.ts'
import { openTestGateway, type TestGateway } from '../testing/openTestGateway.ts'

/** What a model of others says: a sentence of a sample, and words of nobody. */
const said = `Here is what I found. ${tinyCorpus()[0]!['completion']!} I would not swear to it.`
const key = 'sk-upstream-of-this-test'

type Seen = { authorization: string | undefined; idempotencyKey: unknown; body: Record<string, unknown> }
type Reply = { status: number; body: unknown } | 'silence' | 'reset'

let edges: TestContext
let gateway: TestGateway
let upstream: Server
let url = ''
const seen: Seen[] = []
let reply: Reply
const call = toolCaller(() => edges.ctx, 'upstream')

const answer = (): Reply => ({
  status: 200,
  body: {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'large-2026-11-01',
    system_fingerprint: 'fp_1',
    choices: [{ index: 0, message: { role: 'assistant', content: said }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 9, completion_tokens: 40, total_tokens: 49 },
  },
})

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of request) text += String(part)
  return text
}

beforeAll(async () => {
  vi.stubEnv('TEST_UPSTREAM_KEY', key)
  reply = answer()
  upstream = createServer((request, response) => {
    void bodyOf(request).then((text) => {
      const { authorization } = request.headers
      const idempotencyKey = request.headers['idempotency-key']
      seen.push({ authorization, idempotencyKey, body: JSON.parse(text) as Record<string, unknown> })
      if (reply === 'reset') request.socket.destroy()
      if (reply === 'silence' || reply === 'reset') return
      response.writeHead(reply.status, { 'content-type': 'application/json' })
      response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body))
    })
  })
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`
  edges = await openTestContext()
  gateway = await openTestGateway(edges.ctx, boundTools)
  edges.setGatewayUrl(gateway.url)
  await trainTinyModel(edges.ctx)
})
afterAll(async () => {
  await gateway.close()
  await edges.close()
  upstream.closeAllConnections()
  upstream.close()
  vi.unstubAllEnvs()
})

const question = (alias: string) => ({
  model: alias,
  messages: [{ role: 'user', content: 'What should a traveller know about the source of the Danube?' }],
  max_tokens: 64,
})

const logText = (): string => readFileSync(join(edges.ctx.home.logs, 'tributary.log'), 'utf8')

let receipt: Digest

test('a model of others is put on sale: card and index roots on chain, the key nowhere, beside the models of this home', async () => {
  const sold = await call('resell_model', {
    alias: 'large',
    url,
    model: 'large',
    keyVariable: 'TEST_UPSTREAM_KEY',
    datanet: tinyDatanet,
    timeoutMs: 60_000,
    outputWeiPer1000: '7000000',
  })
  expect(sold).toMatchObject({ alias: 'large', attribution: 'tokens', label: expect.stringContaining('not causation') })
  expect((await readModel(edges.ctx.chain, sold.adapter))?.card).toBe(sold.card)
  const card = JSON.parse(Buffer.from(await edges.ctx.blobs.get(sold.card)).toString()) as { indexes: unknown[] }
  expect(card).toMatchObject({ attribution: 'tokens', keyVariable: 'TEST_UPSTREAM_KEY', url: url.replace('/v1', '') })
  expect(card.indexes).toHaveLength(2)
  expect(JSON.stringify(card)).not.toContain(key)
  const { models } = await call('list_models', {})
  expect(models.map(({ alias, attribution }) => [alias, attribution])).toEqual([
    ['large', 'tokens'],
    [tinyDatanet, 'influence'],
  ])
  await refuseOtherBase(edges.ctx)
})

test('its answer is paid for on chain, made by the upstream, and stamped as of others', async () => {
  const { receipt: id, ...rest } = await call('ask', question('large'))
  receipt = id
  expect(JSON.stringify(rest)).toContain('I would not swear to it.')
  expect(seen).toHaveLength(1)
  expect(seen[0]).toMatchObject({
    authorization: `Bearer ${key}`,
    body: { model: 'large', max_tokens: 64, stream: false },
    idempotencyKey: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  const stored = await getReceipt(edges.ctx.store, { id })
  expect(stored.receipt.engine).toMatchObject({
    mode: 'external',
    base: 'large-2026-11-01',
    fingerprint: 'fp_1',
    usage: { promptTokens: 9, completionTokens: 40 },
  })
  await vi.waitFor(() => expect(logText()).toContain('the upstream counts other tokens'), { timeout: 20_000 })
  const own = (await listAdapters(edges.ctx.store, {})).find(({ run }) => run === 'upstream/large')
  expect(stored.receipt.adapter).toBe(own?.digest)
})

test('it is traced to the sample whose sentence it repeats, by method tokens/1, labelled, apart from influence', async () => {
  await edges.workflows.result(`attribute/${receipt}`)
  const { method, payees, groups, top, provenance } = await attributionOf(edges.ctx.store, { receipt })
  expect([method, payees, groups, top]).toEqual(['tokens/1', [], [], []])
  expect(provenance?.label).toContain('not causation')
  expect(provenance?.payees[0]?.payee).toBe('npm:danube')
  const explained = provenance!.payees.reduce((sum, { sharePpm }) => sum + sharePpm, 0)
  expect(explained + provenance!.unexplainedPpm).toBe(1_000_000)
  expect(provenance!.unexplainedPpm).toBeGreaterThan(0)
  expect(await call('trace_answer', { receipt })).toMatchObject({ method: 'tokens/1', provenance })
  // Where influence would be listed by source there is none: the record stands for itself.
  expect(await call('trace_answer', { receipt, by: 'contributor' })).toMatchObject({ payees: [], provenance })
})

test('explain says whose words it repeats, by which evidence nobody is paid, and what the upstream counted', async () => {
  const { provenance } = await attributionOf(edges.ctx.store, { receipt })
  const { sharePpm } = provenance!.payees[0]!
  const told = await call('explain', { receipt, payee: 'npm:danube' })
  expect(told).toMatchObject({ paid: false, wei: '0', sharePpm: 0, group: null, confidence: null, method: 'tokens/1' })
  expect(told.provenance).toMatchObject({ rule: null, sharePpm, documents: provenance!.documents })
  const steps = told.steps.join('\n')
  expect(steps).toContain('not causation')
  expect(steps).toContain("goes to the Datanet's pool, and npm:danube gets nothing")
  expect(steps).toMatch(/counts \d+ tokens in the answer, by which it was priced; the upstream says that it made 40/)
  expect(steps).not.toContain('amber')
  const nobody = await call('explain', { receipt, payee: 'npm:nobody' })
  expect([nobody.provenance?.sharePpm, nobody.steps.join()]).toEqual([
    0,
    expect.stringContaining('None of these words'),
  ])
})

test('its page shows the traced spans with their samples, the label and no score; shares are those of the record', async () => {
  const { explanation, html } = await call('explain_page', { receipt, payee: 'npm:danube' })
  if (!('evidence' in explanation)) throw new Error('an explanation of influence')
  const { provenance } = await attributionOf(edges.ctx.store, { receipt })
  expect(explanation).toMatchObject({ evidence: 'provenance', isSame: true, paid: false, answer: said })
  expect(explanation.trace!.payees).toEqual(provenance!.payees)
  expect(explanation.trace!.spans[0]!.places[0]).toMatchObject({ payee: 'npm:danube', source: 'danube-source.md' })
  for (const words of [
    'Why npm:danube was not paid',
    'not causation',
    'class="span',
    'danube-source.md',
    'the Datanet’s pool',
  ])
    expect(html).toContain(words)
  expect(html).not.toContain('nats')
})

test('the epoch closes with it: no contributor is paid, their part is the pool’s, and an audit computes the trace again', async () => {
  await call('close_epoch', {})
  const { receipt: stored } = await getReceipt(edges.ctx.store, { id: receipt })
  const { checks, verdict } = await call('audit', { receipt })
  expect(checks.filter(({ pass }) => !pass)).toEqual([])
  expect(verdict).toBe('NOT_REPRODUCIBLE')
  expect(checks.filter(({ judged }) => judged === false).map(({ check }) => check)).toEqual(['answer regenerated'])
  expect(checks.find(({ check }) => check === 'attribution at once')?.detail).toContain('the same bits and shares')
  const { earnedWei } = await call('statement', { payee: 'npm:danube' })
  const { creditedWei } = await call('pool_status', { datanet: tinyDatanet })
  const { contributorsWei } = partsOfFee(BigInt(stored.feeWei), edges.ctx.governed.rule())
  expect([earnedWei, creditedWei]).toEqual(['0', String(contributorsWei)])
  expect(contributorsWei).toBeGreaterThan(0n)
})

test.each([
  ['429', { status: 429, body: { error: { message: 'slow down' } } }, 'models/busy'],
  ['500', { status: 500, body: 'oops' }, 'models/upstream-failed'],
  ['401', { status: 401, body: { error: { message: `bad key ${key}` } } }, 'models/upstream-key'],
  ['400', { status: 400, body: {} }, 'models/upstream-refused'],
  ['no JSON', { status: 200, body: '<html>' }, 'models/upstream-contract'],
  [
    '100 kB for 64 tokens',
    { status: 200, body: { choices: [{ message: { content: 'x'.repeat(100_000) } }] } },
    'models/upstream-contract',
  ],
  ['a line that breaks', 'reset', 'models/upstream-unreachable'],
] as const)('%s of the upstream is coded, tells no key, and no money moves', async (_, given, code) => {
  reply = given
  const failure = await call('ask', question('large')).catch((error: unknown) => error)
  expect(JSON.stringify(failure)).not.toContain(key)
  expect(failure).toMatchObject({ code })
})

test('a sale that is cut after the upstream was asked asks it again under the same Idempotency-Key, another sale under another', async () => {
  const asked = async (effectKey: string) => {
    const tool = boundTools.find(({ definition }) => definition.name === 'ask') as BoundTool
    const context = { ...edges.ctx, call: { face: 'test' as const, effectKey } }
    await runTool(tool, question('large'), context).catch(() => undefined)
    return seen.at(-1)!.idempotencyKey
  }
  reply = 'reset'
  const first = await asked('upstream/cut')
  reply = answer()
  const count = seen.length
  expect(await asked('upstream/cut')).toBe(first)
  expect(seen).toHaveLength(count + 1)
  expect(await asked('upstream/other')).not.toBe(first)
})

test('usage that is no count is left out, and costs nobody the answer', async () => {
  reply = {
    status: 200,
    body: { ...(answer() as { body: object }).body, usage: { prompt_tokens: 1.5, completion_tokens: -1 } },
  }
  const { receipt: id } = await call('ask', question('large'))
  const { receipt: stored } = await getReceipt(edges.ctx.store, { id })
  expect('mode' in stored.engine && stored.engine.usage).toBeUndefined()
})

test('silence ends with the card’s timeout, and a key that is not set is said by its variable', async () => {
  reply = 'silence'
  const terms = { url, model: 'large', datanet: tinyDatanet }
  await call('resell_model', { ...terms, alias: 'slow', timeoutMs: 300 })
  await expect(call('ask', question('slow'))).rejects.toMatchObject({ code: 'models/upstream-timeout' })
  await call('resell_model', { ...terms, alias: 'keyless', keyVariable: 'NOBODY_SET_IT' })
  await expect(call('ask', question('keyless'))).rejects.toMatchObject({ code: 'models/upstream-key' })
})

test('a sample that is taken down afterwards is said to be what an audit cannot judge, and blames nobody', async () => {
  const samples = await listSamples(edges.ctx.store, { datanet: tinyDatanet })
  const repeated = samples.find(({ completion }) => said.includes(completion))!
  const { indexes } = await call('take_down_samples', { samples: [repeated.id] })
  await edges.workflows.result(indexes[0]!.merge)
  const { checks, verdict } = await call('audit', { receipt })
  expect(verdict).toBe('NOT_REPRODUCIBLE')
  const unjudged = checks.filter(({ judged }) => judged === false).map(({ check }) => check)
  expect(unjudged).toEqual(['Datanet samples', 'answer regenerated', 'attribution at once'])
})

test('the key stands in no line of the log', () => {
  expect(logText().length).toBeGreaterThan(0)
  expect(logText()).not.toContain(key)
})
