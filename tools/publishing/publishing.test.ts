import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { defaultRevenueRule, defaultRevenueRuleDigest } from '../../attribution/index.ts'
import { attributionSchema, digestOf, digestText, type Address, type Digest, type PayeeId } from '../../kernel/index.ts'
import {
  currentEpoch,
  freezeEpoch,
  getEpoch,
  markFinal,
  markProposed,
  markSettled,
  markSettling,
  openBlobs,
  openStore,
  recordAnswer,
  recordAttribution,
  recordStatement,
  reservePayment,
  saveHistory,
  saveRule,
} from '../../store/index.ts'
import { makeAnswer, makeReceipt, makeReservation } from '../../store/testing/makeReceipt.ts'
import type { ToolContext } from '../context.ts'
import { run as publish } from '../publishEpoch.run.ts'
import { run as readStatement } from '../statement.run.ts'
import { computeStatement, storedSums, toStored } from '../settlement/computeStatement.ts'

/** 10^5 take a minute: set it by hand to measure. */
const payees = Number(process.env['TRIBUTARY_PAYEES'] ?? 3_000)
const answers = 4
const tx = digestText('tx')
const name = (i: number) => `npm:p${String(i).padStart(6, '0')}` as PayeeId

let ctx: ToolContext
let dir: string
let beats = 0

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tributary-publish-'))
  const store = await openStore({ dir: 'memory://' })
  const account = () => privateKeyToAccount(generatePrivateKey())
  const keys = { server: account(), modelOwner: account(), attributor: account() }
  ctx = {
    store,
    blobs: await openBlobs(join(dir, 'blobs')),
    keys,
    chain: { chainId: 31_337, contracts: { rewardVault: `0x${'aa'.repeat(20)}` as Address }, fromBlock: 1n },
    call: { face: 'test', heartbeat: () => void beats++ },
  } as unknown as ToolContext
  await saveRule(store, { rule: defaultRevenueRule })
  await currentEpoch(store, {})
  for (let a = 0; a < answers; a++) {
    const answer = makeAnswer(`answer ${a}`, 10n ** 18n)
    const receipt = { ...makeReceipt(`answer ${a}`, 10n ** 18n), rule: defaultRevenueRuleDigest }
    const id = digestOf(receipt)
    const reservation = makeReservation(`answer ${a}`, 10n ** 18n)
    await reservePayment(store, reservation)
    await recordAnswer(store, { ...answer, receipt })
    await markSettling(store, reservation)
    await markSettled(store, { ...reservation, settlementTx: tx })
    const attribution = attributionSchema.parse({
      v: 1,
      receipt: id,
      method: 'counterfactual-forward/1+unroll-epoch/1',
      adapterSet: digestText('set'),
      groups: [{ group: 0, scoreMicroNats: payees * 50 }],
      payees: Array.from({ length: payees }, (_, i) => ({
        payee: name(i),
        scoreMicroNats: ((i * 7 + a * 13) % 101) - 10,
        sharePpm: 0,
      })),
      top: [{ sample: digestText('sample'), payee: name(5), scoreMicroNats: 9, sharePpm: 1 }],
    })
    await recordAttribution(store, { attribution })
    await saveHistory(store, { workflow: `attribute/${id}`, run: 'r', blob: digestText('h'), events: 1 })
  }
  await freezeEpoch(store, { epoch: 1 })
  const { split, root, evidence, evidenceVersion, keyOf } = await computeStatement(ctx, 1)
  await recordStatement(store, {
    epoch: 1,
    root,
    evidenceRoot: evidence,
    evidenceVersion,
    ...storedSums(split),
    owed: toStored(split.owed),
    leaves: split.payees.map(({ payee, earnedWei, cumulativeWei }) => ({
      payee,
      payeeKey: keyOf(payee),
      epochWei: earnedWei,
      cumulativeWei,
    })),
  })
}, 600_000)
afterAll(async () => {
  await ctx.store.close()
  rmSync(dir, { recursive: true, force: true })
})

test('what is not final is not published: it can still be disputed', async () => {
  await expect(publish({ epoch: 1 }, ctx)).rejects.toMatchObject({ code: 'tools/not-final' })
  await markProposed(ctx.store, { epoch: 1, proposeTx: tx, closeTx: tx })
  await markFinal(ctx.store, { epoch: 1, finalTx: tx })
})

test(`cut after any number of files and run again, ${payees} statements are published under one and the same index`, async () => {
  const { blobs } = ctx
  let digest: Digest | undefined
  for (let left = 0; ; left += 3) {
    let puts = 0
    const dying: ToolContext = {
      ...ctx,
      blobs: {
        ...blobs,
        put: (bytes) => (++puts > left ? Promise.reject(new Error('killed')) : blobs.put(bytes)),
      },
    }
    try {
      digest = (await publish({ epoch: 1 }, dying)).index as Digest
      break
    } catch (failure) {
      expect((failure as Error).message).toBe('killed')
      expect((await getEpoch(ctx.store, { epoch: 1 })).published).toBeNull()
    }
    // Every place would take long: each third one, and of many pages the first few.
    if (left >= 9) left = 10 ** 9
  }
  expect((await getEpoch(ctx.store, { epoch: 1 })).published).toBe(digest)
  const again = await publish({ epoch: 1 }, ctx)
  expect(again.index).toBe(digest)
  expect(again.pages).toBe(Math.ceil(again.statements / 256))
  expect(beats).toBeGreaterThan(again.pages)
}, 600_000)

test('a published statement reads two files and no receipt, for the last of many payees as for the first', async () => {
  const { blobs, store } = ctx
  let [reads, took] = [0, 0]
  const counted: ToolContext = { ...ctx, blobs: { ...blobs, get: (digest) => (reads++, blobs.get(digest)) } }
  await store.db.execute(sql`alter table receipts rename to receipts_elsewhere`)
  for (const i of [0, payees >> 1, payees - 1]) {
    const start = performance.now()
    const { epochs } = await readStatement({ payee: name(i) }, counted)
    took = performance.now() - start
    if (process.env['TRIBUTARY_PAYEES'] !== undefined) console.log(`statement of payee ${i}: ${took.toFixed(1)} ms`)
    expect(epochs).toHaveLength(1)
  }
  await store.db.execute(sql`alter table receipts_elsewhere rename to receipts`)
  expect(reads).toBe(6)
  const { epochs } = await readStatement({ payee: name(5) }, ctx)
  expect(epochs[0]!.answers[0]!.samples).toEqual([{ sample: digestText('sample'), scoreMicroNats: 9, sharePpm: 1 }])
})
