import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openTestGateway, type TestGateway } from '../gateway/testing/openTestGateway.ts'
import type { Digest } from '../kernel/index.ts'
import { getEpoch } from '../store/index.ts'
import { boundTools } from '../tools/boundTools.ts'
import { epochReport } from '../tools/definitions.ts'
import { runTool, type BoundTool } from '../tools/index.ts'
import { openTestContext, type TestContext } from '../tools/testing/openTestContext.ts'
import { tinyDatanet, trainTinyModel } from '../tools/testing/trainTinyModel.ts'
import { createProgram } from './createProgram.ts'

let edges: TestContext
let gateway: TestGateway
const receipts: Digest[] = []
let effects = 0

async function call(name: string, input: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const tool = boundTools.find(({ definition }) => definition.name === name) as BoundTool
  return runTool(tool, input, { ...edges.ctx, call: { face: 'test', effectKey: `epochs/${name}/${effects++}` } })
}

async function cli(...args: string[]): Promise<string> {
  const lines: string[] = []
  await createProgram((line) => void lines.push(line)).run(args)
  return lines.join('\n')
}

const ask = async (content: string) =>
  (await call('ask', { model: tinyDatanet, messages: [{ role: 'user', content }], max_tokens: 8 }))['receipt'] as Digest

/** One home, one server: epoch 1 with three answers is closed. */
beforeAll(async () => {
  edges = await openTestContext()
  const { ctx } = edges
  gateway = await openTestGateway(ctx, boundTools)
  edges.setGatewayUrl(gateway.url)
  writeFileSync(join(ctx.home.keys, 'operator-token'), gateway.operatorToken, { mode: 0o600 })
  vi.stubEnv('TRIBUTARY_HOME', ctx.home.dir)
  await trainTinyModel(ctx)
  for (const question of ['Which river floods?', 'Where is the mouth of the Oder?', 'Which bridges?'])
    receipts.push(await ask(question))
  await call('close_epoch')
})
afterAll(async () => {
  await gateway.close()
  await edges.close()
  vi.unstubAllEnvs()
})

describe('the report of an epoch', () => {
  test('its parts sum to what was received, and takes lie under the ceilings of rule and contract', async () => {
    const report = epochReport.output.parse(JSON.parse(await cli('epoch', '1', '--json')))
    const { receivedWei, paidWei, treasuryWei, poolWei, contributorsWei, serversWei, modelOwnersWei } = report
    const sum = (...parts: string[]) => parts.reduce((total, wei) => total + BigInt(wei), 0n)
    expect(report.receipts).toBe(3)
    expect(sum(paidWei, treasuryWei, poolWei)).toBe(BigInt(receivedWei))
    expect(sum(contributorsWei, serversWei, modelOwnersWei)).toBe(BigInt(paidWei))
    for (const { ppm, ruleCeilingPpm, contractCeilingPpm } of report.takes) {
      expect(ppm).toBeGreaterThan(0)
      expect(ppm).toBeLessThanOrEqual(ruleCeilingPpm + 1)
      if (contractCeilingPpm !== null) expect(ruleCeilingPpm).toBeLessThanOrEqual(contractCeilingPpm)
    }
    expect(report.concentration.servers).toEqual({ count: 1, giniPpm: 0, top1Ppm: 1_000_000, top10Ppm: 1_000_000 })
    expect(report.claimedWei).toBe(paidWei)
    expect(report.evidenceForm).toBe(2)
  })

  test('is a table for people, and a page of its own with a Lorenz curve', async () => {
    const said = await cli('epoch', '1')
    for (const word of ['contributors', 'treasury', 'ceiling of the rule', 'Gini', 'model owners'])
      expect(said).toContain(word)
    const file = join(edges.ctx.home.dir, 'epoch.html')
    expect(await cli('epoch', '1', '--html', file)).toMatch(/^file:.*epoch\.html$/)
    const page = readFileSync(file, 'utf8')
    expect(page).toContain('Take rates and their ceilings')
    expect(page).not.toMatch(/<script|<link|<img| src=/)
    await expect(cli('epoch', '9')).rejects.toMatchObject({ code: 'store/not-found' })
  })
})

describe('the evidence of an epoch', () => {
  test('proves one answer to an outsider who has the file and an RPC, and refuses it with one digit changed', async () => {
    const { ctx } = edges
    const file = join(ctx.home.dir, 'proof.json')
    const proof = await call('prove_receipt', { receipt: receipts[0] })
    writeFileSync(file, JSON.stringify(proof))
    vi.stubEnv('TRIBUTARY_HOME', join(ctx.home.dir, 'nobody-is-here'))
    const said = await cli('verify-proof', file, '--rpc', ctx.chain.rpcUrl)
    expect(said).toContain('PASS')
    expect(said).toContain(ctx.keys.attributor.address.toLowerCase())
    await expect(
      cli('verify-proof', file, '--rpc', ctx.chain.rpcUrl, '--vault', `0x${'12'.repeat(20)}`),
    ).rejects.toMatchObject({ code: 'proof/vault' })
    const text = JSON.stringify(proof).replace('"promptTokens":', '"promptTokens":1')
    writeFileSync(file, text)
    await expect(cli('verify-proof', file, '--rpc', ctx.chain.rpcUrl)).rejects.toMatchObject({ code: 'proof/receipt' })
    vi.stubEnv('TRIBUTARY_HOME', ctx.home.dir)
  })

  test('has form 2, and an audit of it passes', async () => {
    expect((await getEpoch(edges.ctx.store, { epoch: 1 })).evidenceVersion).toBe(2)
    expect(await call('audit', { receipt: receipts[0] })).toMatchObject({ verdict: 'PASS' })
  })

  test('of scores of before they were signed has form 1: nothing to prove by itself, and an audit passes', async () => {
    const { store } = edges.ctx
    const receipt = await ask('What is a weir?')
    await call('trace_answer', { receipt })
    await store.db.execute(sql`update attributions set signature = null, signer = null where receipt = ${receipt}`)
    await call('freeze_epoch', { epoch: 2 })
    await call('archive_history', { workflow: `attribute/${receipt}` })
    await call('split_epoch', { epoch: 2 })
    await call('post_root', { epoch: 2 })
    expect((await getEpoch(store, { epoch: 2 })).evidenceVersion).toBe(1)
    expect(await call('audit', { receipt })).toMatchObject({ verdict: 'PASS' })
    await expect(call('prove_receipt', { receipt })).rejects.toMatchObject({ code: 'tools/nothing-to-prove' })
  })
})
