import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openTestGateway, type TestGateway } from '../gateway/testing/openTestGateway.ts'
import { digestText, findError, type Digest } from '../kernel/index.ts'
import { listApprovals } from '../store/index.ts'
import { boundTools } from '../tools/boundTools.ts'
import { openTestContext, type TestContext } from '../tools/testing/openTestContext.ts'
import { createProgram } from './createProgram.ts'

let edges: TestContext
let gateway: TestGateway
let agent: Client
beforeAll(async () => {
  edges = await openTestContext()
  gateway = await openTestGateway(edges.ctx, boundTools)
  edges.setGatewayUrl(gateway.url)
  writeFileSync(join(edges.ctx.home.keys, 'operator-token'), gateway.operatorToken, { mode: 0o600 })
  vi.stubEnv('TRIBUTARY_HOME', edges.ctx.home.dir)
  agent = new Client({ name: 'an agent', version: '1' })
  const headers = { authorization: `Bearer ${gateway.operatorToken}` }
  await agent.connect(new StreamableHTTPClientTransport(new URL(`${gateway.url}/mcp`), { requestInit: { headers } }))
})
afterAll(async () => {
  await agent?.close()
  await gateway?.close()
  await edges?.close()
  vi.unstubAllEnvs()
})

async function cli(...args: string[]): Promise<string> {
  const lines: string[] = []
  await createProgram((line) => lines.push(line)).run(args)
  return lines.join('\n')
}
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (failure: unknown) => findError(failure)?.code,
  )

/** What an agent outside calls over MCP, under a key of its own. */
async function mcp(name: string, input: Record<string, unknown>, effectKey: string) {
  const { isError, content } = await agent.callTool({ name, arguments: input, _meta: { effectKey } })
  const [{ text }] = content as [{ text: string }]
  const value = JSON.parse(text) as { error?: { code: string; facts: { digest: Digest; action: string } } }
  return isError ? value.error! : 'done'
}
async function http(
  name: string,
  input: object,
  token: string | undefined = gateway.operatorToken,
  key = `http ${name}`,
) {
  const headers = { 'effect-key': key, ...(token && { authorization: `Bearer ${token}` }) }
  const response = await fetch(`${gateway.url}/tools/${name}`, { method: 'POST', headers, body: JSON.stringify(input) })
  return { status: response.status, body: (await response.json()) as Record<string, never> }
}
const limit = (perDayWei: string) => ({ agent: 'somebody', perDayWei })

test('an agent over MCP is refused 403 with the canonical action; approved by the CLI, the same call passes, another does not', async () => {
  expect(await cli('approvals', 'rule', 'ask', '--tool', 'set_budget', '--agent', 'mcp')).toBe('set_budget, mcp: ask')
  const refused = await mcp('set_budget', limit('5'), 'mine')
  expect(refused).toMatchObject({ code: 'approval/required' })
  const { digest, action } = (refused as Exclude<typeof refused, 'done'>).facts
  expect(action).toContain('"perDayWei":"5"')
  expect(digest).toBe(digestText(action))

  const listed = await cli('approvals')
  expect(listed).toContain(`${digest} waiting\n  set_budget (write) by mcp, mcp/mine`)
  expect(listed).toContain('Held to a budget instead, where no rule says otherwise: buyer, treasurer.')
  expect(await cli('approvals', 'show', digest)).toContain(action)
  const approved = await cli('approvals', 'approve', digest, '--reason', 'a small limit')
  expect(approved).toContain(action)
  expect(approved).toContain(`${digest} approved by operator: a small limit`)

  expect(await mcp('set_budget', limit('500'), 'mine')).toMatchObject({ code: 'approval/changed' })
  expect(await mcp('set_budget', limit('5'), 'mine')).toBe('done')
  // Other callers are bound by no rule.
  expect((await http('set_budget', limit('6'))).status).toBe(200)
  expect(await cli('approvals', 'show', digest)).toContain('its text was dropped when it was decided')
})

test('over HTTP the operator alone sees, approves and denies; each refusal has its status and code', async () => {
  await cli('approvals', 'rule', 'ask', '--tool', 'set_budget', '--agent', 'http', '--expires-seconds', '3600')
  const refused = await http('set_budget', limit('7'), undefined, 'over http')
  expect([refused.status, refused.body['error']]).toMatchObject([403, { code: 'approval/required' }])
  const [row] = await listApprovals(edges.ctx.store, { state: 'waiting', count: 5 })
  const { digest } = row!
  for (const tool of ['list_approvals', 'show_approval', 'approve_action', 'deny_action', 'set_approval_rule']) {
    const stranger = await http(tool, { digest, mode: 'unattended' }, '')
    expect([tool, stranger.status, stranger.body['error']]).toMatchObject([
      tool,
      401,
      { code: 'gateway/operator-only' },
    ])
  }
  const denied = await http('deny_action', { digest, reason: 'no' }, undefined, 'deny')
  expect([denied.status, denied.body['approval']]).toMatchObject([200, { state: 'denied', reason: 'no' }])
  expect((await http('set_budget', limit('7'), undefined, 'over http')).body).toMatchObject({
    error: { code: 'approval/denied' },
  })
  expect(await http('approve_action', { digest }, undefined, 'too late')).toMatchObject({ status: 409 })
  expect(await http('approve_action', { digest: digestText('none') }, undefined, 'unknown')).toMatchObject({
    status: 404,
  })
  expect(await codeOf(cli('approvals', 'approve', digestText('none')))).toBe('approval/unknown')
  expect(await codeOf(cli('approvals', 'rule', 'under'))).toBe('approval/bad-rule')
  expect(await codeOf(cli('approvals', 'rule', 'sometimes'))).toBe('cli/usage')
})

test('the trail is checked without a server: every line of a home passes, and a changed word or signature is named', async () => {
  await cli('approvals', 'rule', 'under', '--tool', 'ask', '--agent', 'mcp', '--under-wei', '100', '--budget-wei', '150')
  const trail = await cli('approvals', 'trail')
  const file = join(edges.ctx.home.dir, 'approvals.json')
  writeFileSync(file, trail)
  const { lines } = JSON.parse(trail) as { lines: { kind: string }[] }
  const of = (kind: string) => lines.filter((line) => line.kind === `approval/${kind}`).length
  expect([of('asked'), of('approved'), of('denied'), of('rule')]).toEqual([2, 1, 1, 3])
  expect(await cli('approvals', 'check', file)).toBe(
    `${lines.length} lines, each signed by the operator and hashed over the one before: 2 asked, 1 approved, 1 denied, 0 expired, 3 of rules`,
  )
  const broken = async (text: string) => {
    writeFileSync(file, text)
    return findError(await cli('approvals', 'check', file).catch((failure: unknown) => failure))
  }
  expect(await broken(trail.replace('approval/denied', 'approval/approved'))).toMatchObject({ code: 'approval/trail-broken' })
  expect(await broken(JSON.stringify({ ...JSON.parse(trail), lines: lines.toSpliced(1, 1) }))).toMatchObject({
    facts: { reason: 'a line before it is missing' },
  })
  expect(await broken('{')).toMatchObject({ code: 'cli/no-trail' })
}) // prettier-ignore
