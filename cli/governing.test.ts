import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { defaultRevenueRule } from '../attribution/index.ts'
import { untilChainTime } from '../chain/index.ts'
import { openTestGateway, type TestGateway } from '../gateway/testing/openTestGateway.ts'
import { digestOf } from '../kernel/index.ts'
import { boundTools } from '../tools/boundTools.ts'
import { openTestContext, type TestContext } from '../tools/testing/openTestContext.ts'
import { payEpoch } from '../tools/testing/paidEpochs.ts'
import { createProgram } from './createProgram.ts'

const folder = mkdtempSync(join(tmpdir(), 'tributary-governing-'))
let edges: TestContext
let gateway: TestGateway
const rule = { ...defaultRevenueRule, treasuryPpm: 20_000, contributorsPpm: 730_000 }
const file = (name: string, content: unknown) => {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
const tributary = async (...args: string[]): Promise<string> => {
  let printed = ''
  await createProgram((line) => (printed += `${line}\n`)).run(args)
  return printed
}

beforeAll(async () => {
  edges = await openTestContext({ governance: { votingDelaySeconds: 1, votingPeriodSeconds: 5, timelockSeconds: 1 } })
  const { ctx } = edges
  gateway = await openTestGateway(ctx, boundTools)
  edges.setGatewayUrl(gateway.url)
  writeFileSync(join(ctx.home.keys, 'operator-token'), gateway.operatorToken, { mode: 0o600 })
  vi.stubEnv('TRIBUTARY_HOME', ctx.home.dir)
  await payEpoch(ctx, defaultRevenueRule, [
    { name: 'one', feeWei: 10n ** 18n, scores: { 'npm:zod': 30, 'npm:viem': 10 } },
    { name: 'two', feeWei: 10n ** 18n, scores: { 'npm:viem': 5, 'npm:hono': -2 } },
  ])
}, 120_000)
afterAll(async () => {
  vi.unstubAllEnvs()
  process.exitCode = undefined
  await gateway.close()
  await edges.close()
  rmSync(folder, { recursive: true, force: true })
})

test('rule check names each field that is wrong and exits 2; of a good rule it prints what would change', async () => {
  const wrong = file('wrong.json', { ...rule, serverPpm: 'a lot' })
  expect(await tributary('rule', 'check', wrong)).toContain('serverPpm: ')
  expect(process.exitCode).toBe(2)
  process.exitCode = undefined
  const said = await tributary('rule', 'check', file('rule.json', rule))
  expect(said).toContain(digestOf(rule))
  expect(said).toContain('treasuryPpm: 50000 → 20000')
  expect(said).toContain('contributorsPpm: 700000 → 730000')
  await expect(tributary('rule', 'check', file('bad.json', '{"v":2,'))).rejects.toMatchObject({
    code: 'cli/no-document',
  })
})

test('rule show and list print the rule in force; backtest a table, a page, and JSON of the same report', async () => {
  // As it is redirected into a file, to begin with.
  expect(JSON.parse(await tributary('rule', 'show'))).toEqual(defaultRevenueRule)
  expect(await tributary('rule', 'list')).toContain(`${digestOf(defaultRevenueRule)} *`)
  const page = join(folder, 'page.html')
  const said = await tributary('rule', 'backtest', join(folder, 'rule.json'), '--html', page)
  expect(said).toContain('2 receipts of 1 epochs')
  expect(said).toMatch(/contributors +1\.4\d+ +1\.46\d+ +\+0\.06/)
  expect(said).toMatch(/treasury +0\.1\d+ +0\.04\d+ +-0\.06/)
  expect(said).toMatch(/npm:zod .*4\.29 %/)
  expect(readFileSync(page, 'utf8')).toContain('What a proposed revenue rule would have paid')
  const { report } = JSON.parse(await tributary('rule', 'backtest', join(folder, 'rule.json'), '--json')) as {
    report: string
  }
  expect(said).toContain(report)
}, 60_000)

test('propose rule plays it first and says when to vote; status, vote, list and execute follow it to its end', async () => {
  const path = join(folder, 'rule.json')
  const said = await tributary('govern', 'propose', 'rule', path, '--why', 'work is theirs', '--no-follow')
  const [, proposal] = /proposal (0x[0-9a-f]{64}): votes from/.exec(said)!
  expect(said).toContain('would have gained')
  const status = await tributary('govern', 'status', proposal!)
  expect(status).toContain('why: work is theirs')
  expect(status).toContain('calls ruleRegistry.adoptRule')
  expect(status).not.toContain('beware')
  const [, from, until] = /votes from (\S+) to (\S+);/.exec(status)!
  const { chain, keys } = edges.ctx
  await untilChainTime(chain, Date.parse(from!) / 1_000 + 1)
  const ballot = JSON.parse(await tributary('govern', 'vote', proposal!, 'for', '--voter', keys.buyer.address)) as {
    primaryType: string
    message: { voter: string }
  }
  expect([ballot.primaryType, ballot.message.voter]).toEqual(['Ballot', keys.buyer.address])
  expect(await tributary('govern', 'vote', proposal!, 'for')).toContain('voted for with')
  await untilChainTime(chain, Date.parse(until!) / 1_000 + 1)
  expect(await tributary('govern', 'queue', proposal!)).toContain('queued')
  expect(await tributary('govern', 'execute', proposal!)).toContain('executed')
  expect(await tributary('govern', 'list')).toContain(`in force: rule ${digestOf(rule)}`)
  expect(await tributary('govern', 'engines')).toContain('counterfactual-linear/1')
  expect(await tributary('govern', 'pool', 'rivers')).toContain('rivers: 0.000000 OPEN of 0.000000 OPEN credited')
}, 90_000)
