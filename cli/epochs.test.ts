import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { encodeFunctionData, parseAbi, type Hex } from 'viem'
import { describe, expect, test, vi } from 'vitest'
import { getEpoch, historyOf, replaceStatement, saveHistory } from '../store/index.ts'
import { epochReport } from '../tools/definitions.ts'
import { statementRecord } from '../tools/settlement/computeStatement.ts'
import { ask, call, cli, edges, receipts, rpc, useEpochScene } from './testing/epochScene.ts'
import { testWhatIsPublished } from './testing/publishedTests.ts'
import { testPayees } from './testing/payeeTests.ts'
import { testGatedDatanets } from './testing/gatedTests.ts'

const vaultAbi = parseAbi(['function hold(uint64)', 'function reject(uint64)', 'function release(uint64, bool)'])

useEpochScene()

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
      expect(ruleCeilingPpm).toBeLessThanOrEqual(contractCeilingPpm)
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

testWhatIsPublished()
testPayees()

describe('a root under its challenge window', () => {
  const byDisputes = async (functionName: 'hold' | 'reject' | 'release', epoch: number) => {
    const { rewardVault, disputes } = edges.ctx.chain.contracts
    await rpc('anvil_setBalance', [disputes, '0x56bc75e2d63100000'])
    await rpc('anvil_impersonateAccount', [disputes])
    const at = BigInt(epoch)
    const data =
      functionName === 'release'
        ? encodeFunctionData({ abi: vaultAbi, functionName, args: [at, false] })
        : encodeFunctionData({ abi: vaultAbi, functionName, args: [at] })
    // The window of a local chain is one second: a root is held in the second in which it was proposed, however slow this machine is.
    const { timestamp } = await edges.ctx.chain.reader.getBlock()
    if (functionName === 'hold') await rpc('evm_setNextBlockTimestamp', [Number(timestamp)])
    const answer = await rpc('eth_sendTransaction', [{ from: disputes, to: rewardVault, data }])
    const { result: hash } = (await answer.json()) as { result: Hex }
    // Accepted is not mined yet.
    const { status } = await edges.ctx.chain.reader.waitForTransactionReceipt({ hash })
    expect(status).toBe('success')
  }
  const state = async () => (await call('root_status', { epoch: 3 }))['state']

  test('waits while a dispute holds it, is computed again once it is rejected, and only another one is proposed', async () => {
    const { store } = edges.ctx
    const receipt = await ask('Which meadow is flooded?')
    await call('trace_answer', { receipt })
    await call('freeze_epoch', { epoch: 3 })
    await call('archive_history', { workflow: `attribute/${receipt}` })
    const { root, evidence } = await call('split_epoch', { epoch: 3 })
    await expect(call('correct_epoch', { epoch: 3 })).rejects.toMatchObject({ code: 'tools/not-rejected' })
    await call('propose_root', { epoch: 3 })
    expect(await state()).toBe('ready')
    await byDisputes('hold', 3)
    expect(await state()).toBe('held')
    await expect(call('finalise_root', { epoch: 3 })).rejects.toMatchObject({ code: 'chain/root-held', retry: true })
    await byDisputes('release', 3)
    expect(await state()).toBe('ready')
    await byDisputes('hold', 3)
    await byDisputes('reject', 3)
    expect(await state()).toBe('rejected')
    expect(await call('correct_epoch', { epoch: 3 })).toEqual({ epoch: 3, root, changed: false })

    const { blob } = await historyOf(store, { workflow: `attribute/${receipts[0]}` })
    await saveHistory(store, { workflow: `attribute/${receipt}`, run: 'mended', blob, events: 1 })
    expect(await call('correct_epoch', { epoch: 3, look: 2 })).toMatchObject({ changed: true })
    const mended = await getEpoch(store, { epoch: 3 })
    expect(mended).toMatchObject({ state: 'frozen', root })
    expect(mended.evidenceRoot).not.toBe(evidence)
    expect(await call('correct_epoch', { epoch: 3, look: 3 })).toMatchObject({ changed: true })
    await call('propose_root', { epoch: 3 })
    expect(await state()).toBe('ready')
    await call('finalise_root', { epoch: 3 })
    expect(await call('root_status', { epoch: 3 })).toMatchObject({
      state: 'final',
      words: 'It is final: payees can claim.',
    })
    await call('publish_epoch', { epoch: 3 })
    await expect(call('correct_epoch', { epoch: 3, look: 4 })).rejects.toMatchObject({ code: 'tools/not-rejected' })
  })

  test('a statement with other sums than those that moved takes the place of none', async () => {
    const { store } = edges.ctx
    const found = await getEpoch(store, { epoch: 3 })
    await store.db.execute(sql`update epochs set state = 'proposed' where number = 3`)
    const record = await statementRecord(edges.ctx, 3)
    await expect(replaceStatement(store, { ...record, treasuryWei: record.treasuryWei + 1n })).rejects.toMatchObject({
      code: 'store/closed-sums',
    })
    await store.db.execute(sql`update epochs set state = 'final' where number = 3`)
    expect(await getEpoch(store, { epoch: 3 })).toEqual(found)
    await expect(replaceStatement(store, record)).rejects.toMatchObject({ code: 'store/illegal-move' })
  })
})

testGatedDatanets()
