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
import { definitions } from '../../tools/definitions.ts'
import { refuseOtherBase, runTool, type BoundTool } from '../../tools/index.ts'
import { openTestContext, type TestContext } from '../../tools/testing/openTestContext.ts'
import { tinyCorpus, tinyDatanet, trainTinyModel } from '../../tools/testing/trainTinyModel.ts'
import { openTestGateway, type TestGateway } from '../testing/openTestGateway.ts'

/** What a model of others says: a sentence of a sample, and words of nobody. */
const said = `Here is what I found. ${tinyCorpus()[0]!['completion']!} I would not swear to it.`
const key = 'sk-upstream-of-this-test'

type Seen = { authorization: string | undefined; body: Record<string, unknown> }
type Reply = { status: number; body: unknown } | 'silence' | 'reset'

let edges: TestContext
let gateway: TestGateway
let upstream: Server
let url = ''
const seen: Seen[] = []
let reply: Reply
let calls = 0

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
      seen.push({ authorization, body: JSON.parse(text) as Record<string, unknown> })
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

async function call<Name extends keyof typeof definitions>(name: Name, input: object) {
  const tool = boundTools.find(({ definition }) => definition.name === name) as BoundTool
  const context = { ...edges.ctx, call: { face: 'test' as const, effectKey: `upstream/${calls++}` } }
  return definitions[name].output.parse(await runTool(tool, input, context)) as ReturnType<
    (typeof definitions)[Name]['output']['parse']
  >
}

const question = (alias: string) => ({
  model: alias,
  messages: [{ role: 'user', content: 'What should a traveller know about the source of the Danube?' }],
  max_tokens: 64,
})

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
  })
  const stored = await getReceipt(edges.ctx.store, { id })
  expect(stored.receipt.engine).toMatchObject({ mode: 'external', base: 'large-2026-11-01', fingerprint: 'fp_1' })
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
  await expect(call('explain', { receipt, payee: 'npm:danube' })).rejects.toMatchObject({ code: 'tools/no-run' })
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
  ['a line that breaks', 'reset', 'models/upstream-unreachable'],
] as const)('%s of the upstream is coded, tells no key, and no money moves', async (_, given, code) => {
  reply = given
  const failure = await call('ask', question('large')).catch((error: unknown) => error)
  expect(JSON.stringify(failure)).not.toContain(key)
  expect(failure).toMatchObject({ code })
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

test('the key stands in no file of the home', () => {
  const { home } = edges.ctx
  expect(readFileSync(join(home.logs, 'tributary.log'), 'utf8')).not.toContain(key)
})
