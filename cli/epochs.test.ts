import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { encodeFunctionData, parseAbi } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openTestGateway, type TestGateway } from '../gateway/testing/openTestGateway.ts'
import { payeeKey, readBalance, verifyRewardClaim } from '../chain/index.ts'
import { digestOf, type Address, type Digest, type PayeeId } from '../kernel/index.ts'
import { getEpoch, historyOf, leavesOf, listSamples, listTrace, replaceStatement, saveHistory } from '../store/index.ts'
import { boundTools } from '../tools/boundTools.ts'
import { epochReport, statement } from '../tools/definitions.ts'
import {
  auditorText,
  epochIndex,
  epochPage,
  publicProofs,
  runTool,
  verifyReceiptProof,
  type BoundTool,
} from '../tools/index.ts'
import { statementRecord } from '../tools/settlement/computeStatement.ts'
import { openTestContext, type TestContext } from '../tools/testing/openTestContext.ts'
import { tinyDatanet, trainTinyModel } from '../tools/testing/trainTinyModel.ts'
import { createProgram } from './createProgram.ts'

let edges: TestContext
let gateway: TestGateway
const receipts: Digest[] = []
const vaultAbi = parseAbi(['function hold(uint64)', 'function reject(uint64)', 'function release(uint64, bool)'])
let effects = 0
let proofs = publicProofs()

async function call(name: string, input: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const tool = boundTools.find(({ definition }) => definition.name === name) as BoundTool
  return runTool(tool, input, {
    ...edges.ctx,
    proofs,
    call: { face: 'test', effectKey: `epochs/${name}/${effects++}` },
  })
}

async function cli(...args: string[]): Promise<string> {
  const lines: string[] = []
  await createProgram((line) => void lines.push(line)).run(args)
  return lines.join('\n')
}

const rpc = (method: string, params: unknown[]) =>
  fetch(edges.ctx.chain.rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })

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

describe('what is published of an epoch', () => {
  const sum = (amounts: readonly string[]) => amounts.reduce((total, wei) => total + BigInt(wei), 0n)
  let payee: string
  beforeAll(async () => {
    const earned = (await leavesOf(edges.ctx.store, { epoch: 1 })).filter(({ epochWei }) => epochWei > 0n)
    payee = (earned.find((leaf) => leaf.payee.startsWith('npm:')) ?? earned[0])!.payee
  })

  test('holds every leaf with a proof of the root, and statements whose parts sum to the wei', async () => {
    const { ctx } = edges
    const { published, root, paidWei, receiptCount } = await getEpoch(ctx.store, { epoch: 1 })
    const index = epochIndex.parse(await (await fetch(`${gateway.url}/published/1`)).json())
    expect(digestOf(index)).toBe(published)
    const pages = await Promise.all(
      index.pages.map(async ({ digest }) =>
        epochPage.parse(await (await fetch(`${gateway.url}/published/1/${digest}`)).json()),
      ),
    )
    const statements = pages.flatMap((page) => page.statements)
    expect(statements.map((one) => one.payee)).toEqual(statements.map((one) => one.payee).toSorted())
    expect(sum(statements.map(({ earnedWei }) => earnedWei))).toBe(paidWei)
    for (const {
      payee: who,
      earnedWei,
      cumulativeWei,
      asServerWei,
      asModelOwnerWei,
      accounts,
      answers,
      proof,
    } of statements) {
      expect(sum([asServerWei, asModelOwnerWei, ...accounts.map(({ paidWei: paid }) => paid)])).toBe(BigInt(earnedWei))
      expect(sum(answers.map(({ wei }) => wei))).toBe(sum(accounts.map(({ creditedWei }) => creditedWei)))
      expect(sum(answers.map(({ chargedWei }) => chargedWei))).toBe(sum(accounts.map(({ chargedWei }) => chargedWei)))
      expect(answers.length).toBeLessThanOrEqual(receiptCount!)
      if (cumulativeWei === '0') continue
      expect(verifyRewardClaim(root!, { payee: who, cumulativeWei: BigInt(cumulativeWei), proof })).toBe(true)
    }
    const other = await fetch(`${gateway.url}/published/1/${root}`)
    expect(other.status).toBe(404)
  })

  test('is what a statement shows, as a table, as JSON and as CSV with one line an answer', async () => {
    const report = statement.output.parse(JSON.parse(await cli('statement', payee, '--json')))
    expect(sum(report.epochs.map(({ earnedWei }) => earnedWei))).toBe(BigInt(report.earnedWei))
    expect(sum([report.claimedWei, report.waitingWei])).toBe(BigInt(report.earnedWei))
    expect(report.epochs.find(({ epoch }) => epoch === 1)).toMatchObject({ published: true, claimed: true })
    const answers = report.epochs.flatMap((epoch) => epoch.answers)
    const csv = (await cli('statement', payee, '--csv')).split('\n')
    expect(csv).toHaveLength(1 + answers.length)
    expect(new Set(csv.map((line) => line.split(',').length))).toEqual(new Set([9]))
    expect(await cli('statement', payee)).toContain('waiting')
  })

  test('before it is published, a statement is computed alike', async () => {
    const before = await call('statement', { payee })
    await edges.ctx.store.db.execute(sql`update epochs set published = null where number = 1`)
    const computed = statement.output.parse(await call('statement', { payee }))
    expect({ ...computed, epochs: computed.epochs.map((one) => ({ ...one, published: true })) }).toEqual({
      ...before,
      epochs: (before['epochs'] as object[]).map((one) => ({ ...one, published: true })),
    })
    const again = await call('publish_epoch', { epoch: 1 })
    expect((await getEpoch(edges.ctx.store, { epoch: 1 })).published).toBe(again['index'])
  })

  test('pays from an exported folder by a stranger’s key, once, and refuses a page or a root that is another', async () => {
    const { ctx } = edges
    const folder = join(ctx.home.dir, 'exported')
    await expect(cli('epoch', '2', '--export', folder)).rejects.toMatchObject({ code: 'gateway/not-published' })
    await call('publish_epoch', { epoch: 2 })
    const index = await cli('epoch', '2', '--export', folder)
    const older = await cli('epoch', '1', '--export', join(ctx.home.dir, 'older'))
    const key = join(ctx.home.dir, 'stranger.key')
    writeFileSync(key, `0x${'5a'.repeat(32)}\n`)
    const { address } = privateKeyToAccount(`0x${'5a'.repeat(32)}`)
    await rpc('anvil_setBalance', [address, '0x56bc75e2d63100000'])
    const ways = ['--rpc', ctx.chain.rpcUrl, '--key', key, '--json']
    vi.stubEnv('TRIBUTARY_HOME', join(ctx.home.dir, 'nobody-is-here'))
    const { paidWei } = await getEpoch(ctx.store, { epoch: 2 })
    const [first] = epochPage
      .parse(
        JSON.parse(
          readFileSync(
            join(folder, `${epochIndex.parse(JSON.parse(readFileSync(index, 'utf8'))).pages[0]!.digest}.json`),
            'utf8',
          ),
        ),
      )
      .statements.filter(({ earnedWei }) => earnedWei !== '0')
    const one = JSON.parse(await cli('claim', first!.payee, '--from', index, ...ways)) as { movedWei: string }
    expect(one.movedWei).toBe(first!.earnedWei)
    const rest = JSON.parse(await cli('claim', '--from', index, ...ways)) as { movedWei: string }
    expect(BigInt(one.movedWei) + BigInt(rest.movedWei)).toBe(paidWei)
    expect(JSON.parse(await cli('claim', '--from', index, ...ways))).toEqual({ movedWei: '0', transactions: [] })
    await expect(cli('claim', '--from', older, ...ways)).rejects.toMatchObject({ code: 'claim/superseded' })
    await expect(cli('claim', 'npm:nobody', '--from', index, ...ways)).rejects.toMatchObject({ code: 'claim/no-leaf' })
    const [page] = readdirSync(folder).filter((name) => name !== 'index.json')
    const text = readFileSync(join(folder, page!), 'utf8')
    writeFileSync(join(folder, page!), text.replace('"cumulativeWei":"', '"cumulativeWei":"1'))
    await expect(cli('claim', '--from', index, ...ways)).rejects.toMatchObject({ code: 'claim/page-differs' })
    await expect(cli('claim', '--from', join(folder, 'none'), ...ways)).rejects.toMatchObject({
      code: 'claim/unreadable',
    })
    vi.stubEnv('TRIBUTARY_HOME', ctx.home.dir)
    expect(JSON.parse(await cli('claim', '--json'))).toEqual({ movedWei: '0', transactions: [] })
    expect((await getEpoch(ctx.store, { epoch: 2 })).state).toBe('claimed')
  })

  test('a claim_proof is a file to claim from, too', async () => {
    const { ctx } = edges
    const file = join(ctx.home.dir, 'claim.json')
    const proof = await call('claim_proof', { payee })
    writeFileSync(file, JSON.stringify(proof))
    const ways = ['--rpc', ctx.chain.rpcUrl, '--key', join(ctx.home.dir, 'stranger.key'), '--json']
    expect(JSON.parse(await cli('claim', '--from', file, ...ways))).toEqual({ movedWei: '0', transactions: [] })
    writeFileSync(file, JSON.stringify({ ...proof, cumulativeWei: '1' }))
    await expect(cli('claim', '--from', file, ...ways)).rejects.toMatchObject({ code: 'claim/bad-proof' })
  })
})

describe('a payee without an address', () => {
  const owner = privateKeyToAccount(`0x${'7c'.repeat(32)}`)
  const start = async (payee: string, account: string) =>
    (await call('start_payee_claim', { payee, account })) as { nonce: string; challenge: string; proofs: string[] }

  test('is bound once its package names the address, is paid out to the wei, and a second claimant is refused', async () => {
    const { ctx } = edges
    const earned = (await leavesOf(ctx.store, { epoch: 2 })).filter(({ payee }) => payee.startsWith('npm:'))
    const { payee, cumulativeWei } = earned.find((leaf) => leaf.cumulativeWei > 0n)!
    const name = payee.slice('npm:'.length)
    let named = '0x'
    const registry = createServer((request, response) => {
      response.end(request.url === `/${name}/latest` ? JSON.stringify({ name, tributary: { payee: named } }) : '{}')
    })
    await new Promise<void>((done) => void registry.listen(0, '127.0.0.1', done))
    try {
      proofs = publicProofs(`http://127.0.0.1:${(registry.address() as AddressInfo).port}`)
      const { nonce, challenge, proofs: ways } = await start(payee, owner.address)
      expect(ways.join(' ')).toContain('package.json')
      const signature = await owner.signMessage({ message: challenge })
      const proof = { kind: 'npm' }
      const before = await readBalance(ctx.chain, owner.address as Address)
      await expect(call('prove_payee', { nonce, signature, proof })).rejects.toMatchObject({ code: 'payee/not-named' })
      await expect(call('prove_payee', { nonce, signature: '0x12', proof })).rejects.toMatchObject({
        code: 'payee/not-signed',
      })
      named = owner.address
      const proved = await call('prove_payee', { nonce, signature, proof })
      expect(proved).toMatchObject({ payee, account: owner.address.toLowerCase() })
      expect(await readBalance(ctx.chain, owner.address as Address)).toBe(before + cumulativeWei)
      expect(proved['paidWei']).toBe(cumulativeWei.toString())
      const bytes = await ctx.blobs.get(proved['evidence'] as Digest)
      expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual({ name, tributary: { payee: owner.address } })
      const [line] = await listTrace(ctx.store, { subject: `payee/${payee}` })
      expect(JSON.parse(line!.body)).toMatchObject({ evidence: proved['evidence'], proof: 'npm' })
      // Asked again it changes nothing, whatever the package says by now.
      named = '0x'
      expect(await call('prove_payee', { nonce, signature, proof })).toEqual({ ...proved, paidWei: '0' })

      const thief = privateKeyToAccount(`0x${'7d'.repeat(32)}`)
      const second = await start(payee, thief.address)
      named = thief.address
      const theirs = await thief.signMessage({ message: second.challenge })
      await expect(call('prove_payee', { nonce: second.nonce, signature: theirs, proof })).rejects.toMatchObject({
        code: 'chain/recorded-differently',
      })
      expect(await readBalance(ctx.chain, thief.address as Address)).toBe(0n)
    } finally {
      registry.close()
    }
  })

  test('cannot be proved after the challenge has expired, and a 21st challenge is not given', async () => {
    const payee = 'git:Jane Doe'
    const { nonce, challenge } = await start(payee, owner.address)
    const signature = await owner.signMessage({ message: challenge })
    await call('name_payee_key', { payee, key: owner.address })
    const proof = { kind: 'key', signature }
    edges.shiftClock(25 * 3_600_000)
    await expect(call('prove_payee', { nonce, signature, proof })).rejects.toMatchObject({ code: 'payee/expired' })
    edges.shiftClock(0)
    for (let i = 1; i < 20; i++) await start(payee, owner.address)
    await expect(start(payee, owner.address)).rejects.toMatchObject({ code: 'payee/too-many' })
    expect(await call('prove_payee', { nonce, signature, proof })).toMatchObject({
      source: owner.address.toLowerCase(),
    })
    await expect(call('name_payee_key', { payee, key: `0x${'12'.repeat(20)}` })).rejects.toMatchObject({
      code: 'payee/key-named',
    })
  })
})

describe('names of one payee, and a lost key', () => {
  const owner = privateKeyToAccount(`0x${'7c'.repeat(32)}`)
  const next = privateKeyToAccount(`0x${'7e'.repeat(32)}`)
  const prove = async (payee: string, account: typeof owner, purpose: 'bind' | 'recover', key = account) => {
    const started = await call('start_payee_claim', { payee, account: account.address, purpose })
    const { nonce, challenge } = started as { nonce: string; challenge: string }
    const [signature, named] = [
      await account.signMessage({ message: challenge }),
      await key.signMessage({ message: challenge }),
    ]
    await call('prove_payee', { nonce, signature, proof: { kind: 'key', signature: named } })
    return { nonce, signature, proof: { kind: 'key', signature: named } }
  }

  test('two names that one address has proved are merged, others are not', async () => {
    for (const payee of ['git:A. Doe', 'git:Alex Doe', 'git:Bob'])
      await call('name_payee_key', { payee, key: payee === 'git:Bob' ? next.address : owner.address })
    const { nonce: alias } = await prove('git:A. Doe', owner, 'bind')
    const { nonce: into } = await prove('git:Alex Doe', owner, 'bind')
    const { nonce: bob } = await prove('git:Bob', next, 'bind')
    await expect(call('merge_payees', { alias, into: bob })).rejects.toMatchObject({ code: 'payee/not-one' })
    const open = (await call('start_payee_claim', { payee: 'git:Carl', account: owner.address }))['nonce']
    await expect(call('merge_payees', { alias, into: open })).rejects.toMatchObject({ code: 'payee/not-proved' })
    const merged = await call('merge_payees', { alias, into })
    expect(merged).toMatchObject({ alias: 'git:A. Doe', into: 'git:Alex Doe' })
    expect(await call('merge_payees', { alias, into })).toEqual(merged)
  })

  test('another address takes the place of a lost one after its time, unless the old one cancels; no challenge asks twice', async () => {
    const { ctx } = edges
    const payee = 'git:Alex Doe'
    const { payeeEscrow } = ctx.chain.contracts
    const standing = async () => call('payee_status', { payee })
    const first = await prove(payee, next, 'recover', owner)
    expect(await standing()).toMatchObject({
      account: owner.address.toLowerCase(),
      recovery: { account: next.address.toLowerCase() },
    })
    await expect(call('finish_recovery', { payee })).rejects.toMatchObject({ code: 'chain/reverted' })

    const abi = parseAbi(['function cancelRecovery(bytes32)'])
    await rpc('anvil_setBalance', [owner.address, '0x56bc75e2d63100000'])
    await rpc('anvil_impersonateAccount', [owner.address])
    const data = encodeFunctionData({ abi, functionName: 'cancelRecovery', args: [payeeKey(payee as PayeeId)] })
    await rpc('eth_sendTransaction', [{ from: owner.address, to: payeeEscrow, data }])
    expect((await standing())['recovery']).toBeNull()
    await call('prove_payee', first)
    expect((await standing())['recovery']).toBeNull()
    await expect(call('finish_recovery', { payee })).rejects.toMatchObject({ code: 'payee/no-recovery' })

    await prove(payee, next, 'recover', owner)
    const { readyAt } = (await standing())['recovery'] as { readyAt: number }
    await rpc('evm_setNextBlockTimestamp', [readyAt + 1])
    await rpc('evm_mine', [])
    await call('finish_recovery', { payee })
    expect(await standing()).toMatchObject({ account: next.address.toLowerCase(), recovery: null })
  })
})

describe('a root under its challenge window', () => {
  const byDisputes = async (functionName: 'hold' | 'reject' | 'release', epoch: number) => {
    const { rewardVault, disputes } = edges.ctx.chain.contracts
    const args = functionName === 'release' ? [BigInt(epoch), false] : [BigInt(epoch)]
    await rpc('anvil_setBalance', [disputes, '0x56bc75e2d63100000'])
    await rpc('anvil_impersonateAccount', [disputes])
    const data = encodeFunctionData({ abi: vaultAbi, functionName, args } as Parameters<typeof encodeFunctionData>[0])
    const sent = (await (
      await rpc('eth_sendTransaction', [{ from: disputes, to: rewardVault, data }])
    ).json()) as object
    expect(sent).not.toHaveProperty('error')
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

describe('a gated Datanet', () => {
  const auditor = privateKeyToAccount(`0x${'8c'.repeat(32)}`)
  const stranger = (tool: string, input: object) =>
    fetch(`${gateway.url}/tools/${tool}`, { method: 'POST', body: JSON.stringify(input) })
  const asked = async (tool: string, account = auditor, aheadMs = 60_000) => {
    const expiresAtMs = edges.ctx.now() + aheadMs
    const { chainId } = edges.ctx.chain
    const message = auditorText({ tool, receipt: receipts[0]!, chainId, expiresAtMs })
    return { address: account.address, expiresAtMs, signature: await account.signMessage({ message }) }
  }
  const codeOf = async (answer: Response) => ((await answer.json()) as { error?: { code: string } }).error?.code

  test('shows a stranger no trace, no explanation and no scores, and its named auditor all of them', async () => {
    const receipt = receipts[0]!
    const top = ((await call('trace_answer', { receipt }))['top'] as { sample: string }[]).map(({ sample }) => sample)
    expect(top.length).toBeGreaterThan(0)
    const payee = 'npm:volga'
    expect((await stranger('trace_answer', { receipt })).status).toBe(200)
    const before = JSON.stringify(await (await stranger('prove_receipt', { receipt })).json())
    expect(before).toContain(top[0])

    await call('set_datanet_access', { datanet: tinyDatanet, access: 'gated', add: [auditor.address] })
    expect(await codeOf(await stranger('trace_answer', { receipt }))).toBe('tools/gated')
    expect(await codeOf(await stranger('explain', { receipt, payee }))).toBe('tools/gated')
    const preview = { prompt: 'a', completion: 'b', licence: 'MIT', source: 'c' }
    expect(await codeOf(await stranger('preview_contribution', { datanet: tinyDatanet, samples: [preview] }))).toBe(
      'tools/gated',
    )
    const proof = await (await stranger('prove_receipt', { receipt })).json()
    expect(proof).toMatchObject({ attribution: null })
    const { evidenceRoot } = await getEpoch(edges.ctx.store, { epoch: 1 })
    expect((await verifyReceiptProof(proof, evidenceRoot!)).split).toBeNull()
    await edges.ctx.store.db.execute(sql`update epochs set published = null where number = 1`)
    const said = [proof]
    for (const tool of ['audit', 'epoch_report', 'status', 'list_models']) {
      const answer = await stranger(tool, tool === 'audit' ? { receipt } : {})
      expect([tool, answer.status]).toEqual([tool, 200])
      said.push(await answer.json())
    }
    for (const { payee: who } of await leavesOf(edges.ctx.store, { epoch: 1 }))
      said.push(await (await stranger('statement', { payee: who })).json())
    await call('publish_epoch', { epoch: 1 })
    const index = epochIndex.parse(await (await fetch(`${gateway.url}/published/1`)).json())
    for (const { digest } of index.pages) said.push(await (await fetch(`${gateway.url}/published/1/${digest}`)).json())
    const all = JSON.stringify(said)
    for (const sample of top) expect(all).not.toContain(sample)
    for (const { prompt, completion } of await listSamples(edges.ctx.store, { datanet: tinyDatanet })) {
      expect(all).not.toContain(prompt)
      expect(all).not.toContain(completion)
    }
    expect(all).not.toContain('scoreMicroNats')

    for (const tool of ['trace_answer', 'explain', 'prove_receipt']) {
      const input = { receipt, ...(tool === 'explain' ? { payee } : {}), auditor: await asked(tool) }
      const seen = await (await stranger(tool, input)).text()
      expect([tool, seen.includes('coreMicroNats')]).toEqual([tool, true])
    }
  }, 60_000)

  test('refuses an auditor that is not named, a request for another tool, and one signed for longer than an hour', async () => {
    const receipt = receipts[0]!
    const other = privateKeyToAccount(`0x${'8d'.repeat(32)}`)
    const cases: [object, string][] = [
      [await asked('trace_answer', other), 'tools/gated'],
      [await asked('explain'), 'tools/auditor-request'],
      [await asked('trace_answer', auditor, 2 * 3_600_000), 'tools/auditor-request'],
      [await asked('trace_answer', auditor, -1), 'tools/auditor-request'],
      [{ ...(await asked('trace_answer')), address: other.address }, 'tools/auditor-request'],
    ]
    for (const [by, code] of cases)
      expect(await codeOf(await stranger('trace_answer', { receipt, auditor: by }))).toBe(code)
    await call('set_datanet_access', { datanet: tinyDatanet, remove: [auditor.address] })
    expect(await codeOf(await stranger('trace_answer', { receipt, auditor: await asked('trace_answer') }))).toBe(
      'tools/gated',
    )
  })

  test('goes on selling answers, and its operator sees everything', async () => {
    const receipt = await ask('Which river floods in spring?')
    expect(await call('trace_answer', { receipt })).toMatchObject({ receipt })
    await call('set_datanet_access', { datanet: tinyDatanet, access: 'open' })
    expect((await stranger('trace_answer', { receipt: receipts[0] })).status).toBe(200)
  })
})
