import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { boundTools } from '../tools/boundTools.ts'
import { definitions } from '../tools/definitions.ts'
import { bindTool } from '../tools/index.ts'
import { openTestContext, type TestContext } from '../tools/testing/openTestContext.ts'
import { openTestGateway, type TestGateway } from './testing/openTestGateway.ts'

let edges: TestContext
let gateway: TestGateway
const secret = 'a sentence that only the inside knows'
beforeAll(async () => {
  edges = await openTestContext()
  // One tool that fails in a way nobody foresaw.
  const broken = bindTool(definitions.plan_curation, () => Promise.reject(new Error(secret)))
  const tools = boundTools.map((tool) => (tool.definition.name === 'plan_curation' ? broken : tool))
  gateway = await openTestGateway(edges.ctx, tools)
})
afterAll(async () => {
  await gateway.close()
  await edges.close()
})

type Said = { status: number; code?: string; headers: Headers; body: Record<string, unknown> }
async function call(path: string, init: RequestInit = {}): Promise<Said> {
  const response = await fetch(`${gateway.url}${path}`, init)
  const body = (await response.json()) as Record<string, unknown>
  const { code } = (body['error'] ?? {}) as { code?: string }
  return { status: response.status, headers: response.headers, body, ...(code === undefined ? {} : { code }) }
}
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  call(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers })
const operator = () => ({ authorization: `Bearer ${gateway.operatorToken}` })

const closed = Object.values(definitions).filter(({ open }) => open !== true)
test(`${closed.length} tools are the operator’s: no token, a wrong one and a longer one are refused over HTTP, with 401`, async () => {
  expect(closed.length).toBeGreaterThanOrEqual(20)
  for (const { name } of closed) {
    const { status, code } = await post(`/tools/${name}`, {}, { 'effect-key': 'x' })
    expect([name, status, code]).toEqual([name, 401, 'gateway/operator-only'])
  }
  for (const authorization of [
    'Bearer',
    'Bearer x',
    `${operator().authorization}x`,
    `Basic ${gateway.operatorToken}`,
  ]) {
    expect((await post('/tools/draw_audits', {}, { authorization })).code).toBe('gateway/operator-only')
  }
  expect((await post('/tools/draw_audits', {}, operator())).code).toBe('tools/input')
  expect((await post('/tools/status', {})).status).toBe(200)
})

test('the same holds over MCP, where the refusal is an error that the model can read', async () => {
  const stranger = new Client({ name: 'stranger', version: '1' })
  await stranger.connect(new StreamableHTTPClientTransport(new URL(`${gateway.url}/mcp`)))
  const listed = await stranger.listTools()
  const refused = await stranger.callTool({ name: 'draw_audits', arguments: { epoch: 1, count: 1 } })
  const unknown = await stranger.callTool({ name: 'no_such_tool', arguments: {} })
  const open = await stranger.callTool({ name: 'status', arguments: {} })
  await stranger.close()

  expect(listed.tools.map(({ name }) => name).toSorted()).toEqual([...Object.keys(definitions), 'ask_model'].toSorted())
  const ask = listed.tools.find(({ name }) => name === 'ask')
  expect(ask?.annotations).toMatchObject({ readOnlyHint: false, destructiveHint: true, openWorldHint: true })
  const code = ({ content }: Record<string, unknown>) => {
    const [{ text }] = content as [{ text: string }]
    return (JSON.parse(text) as { error?: { code: string } }).error?.code
  }
  expect([refused.isError, code(refused)]).toEqual([true, 'gateway/operator-only'])
  expect([unknown.isError, code(unknown)]).toEqual([true, 'tools/unknown'])
  expect(open.isError).not.toBe(true)
})

test('MCP takes POST only, and no page of another site may send it', async () => {
  expect(await call('/mcp')).toMatchObject({ status: 405, code: 'gateway/method' })
  expect(await call('/mcp', { method: 'DELETE' })).toMatchObject({ status: 405, code: 'gateway/method' })
  const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' }
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1.evil.example']) {
    expect(await post('/mcp', list, { ...headers, origin })).toMatchObject({
      status: 403,
      code: 'gateway/foreign-origin',
    })
  }
  expect((await post('/mcp', list, { ...headers, origin: 'http://localhost:6274' })).status).toBe(200)
  // No answer names another site as one that may read it.
  expect(
    (await post('/tools/status', {}, { origin: 'https://evil.example' })).headers.has('access-control-allow-origin'),
  ).toBe(false)
})

test('bodies are limited and must be JSON; what is not there is 404; each with a code', async () => {
  const large = JSON.stringify({ name: 'x'.repeat(5 * 2 ** 20) })
  expect(await post('/tools/status', large)).toMatchObject({ status: 413, code: 'tools/too-large' })
  expect(await post('/mcp', large)).toMatchObject({ status: 413, code: 'tools/too-large' })
  expect(await post('/tools/status', '{"a":')).toMatchObject({ status: 400, code: 'tools/not-json' })
  expect(await post('/tools/quote', '[1]')).toMatchObject({ status: 400, code: 'tools/input' })
  expect(await post('/tools/nothing', {})).toMatchObject({ status: 404, code: 'gateway/not-found' })
  expect(await call('/tools/status')).toMatchObject({ status: 404, code: 'gateway/not-found' })
  const unknown = { receipt: `0x${'12'.repeat(32)}` }
  expect(await post('/tools/trace_answer', unknown)).toMatchObject({ status: 404, code: 'store/not-found' })
  expect(await post('/tools/freeze_epoch', { epoch: 1 }, operator())).toMatchObject({ code: 'tools/no-effect-key' })
})

test('a body that never says its length is cut at the limit as well', async () => {
  const chunk = new TextEncoder().encode('x'.repeat(2 ** 20))
  let sent = 0
  const large = new ReadableStream({
    pull(controller) {
      if (sent++ < 6) controller.enqueue(chunk)
      else controller.close()
    },
  })
  const init = { method: 'POST', body: large, duplex: 'half' } as const
  expect(await call('/tools/status', init)).toMatchObject({ status: 413, code: 'tools/too-large' })
  const small = new Blob(['{"payee":', '"npm:nobody"}']).stream()
  const { status, body } = await call('/tools/statement', {
    method: 'POST',
    body: small,
    duplex: 'half',
  })
  expect([status, body['payee']]).toEqual([200, 'npm:nobody'])
})

test('a failure that nobody foresaw is 500 with a code, and gives nothing of the inside away', async () => {
  const { status, code, body } = await post('/tools/plan_curation', { datanet: 'x' }, operator())
  expect([status, code]).toEqual([500, 'gateway/internal'])
  expect(JSON.stringify(body)).not.toContain(secret)
})

test('/openapi.json describes every route: tools with their effect and who may call, and the sale of answers', async () => {
  const { body } = await call('/openapi.json')
  type Operation = { operationId: string; security?: object[]; parameters?: { name: string }[]; 'x-effect'?: string }
  const paths = body['paths'] as Record<string, { post?: Operation }>
  expect(body['openapi']).toBe('3.1.0')
  for (const tool of Object.values(definitions)) {
    const operation = paths[`/tools/${tool.name}`]?.post
    expect(operation).toMatchObject({ operationId: tool.name, 'x-effect': tool.effect })
    expect(operation?.security === undefined).toBe(tool.open === true)
    expect(operation?.parameters?.[0]?.name).toBe(tool.effect === 'read' ? undefined : 'Effect-Key')
  }
  expect(paths['/v1/chat/completions']?.post?.operationId).toBe('chat')
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as {
    version: string
  }
  expect((await call('/health')).body).toEqual({ ok: true, version })
})

test('every answer forbids sniffing and framing', async () => {
  const { headers } = await call('/health')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('x-frame-options')).toBe('SAMEORIGIN')
})
