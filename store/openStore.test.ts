import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { is } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findError } from '../kernel/index.ts'
import * as room from './index.ts'
import { openStore } from './openStore.ts'
import * as schema from './schema/index.ts'
import { getAnswer } from './queries/receipts/getAnswer.ts'
import { getPayment } from './queries/payments/getPayment.ts'
import { makeReservation } from './testing/makeReceipt.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tributary-store-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const root = fileURLToPath(new URL('..', import.meta.url))
const moduleAt = (path: string) => JSON.stringify(new URL(path, import.meta.url).href)

test('two SIGKILLs in mid-write lose nothing acknowledged and leave no half transaction', async () => {
  const script = `
    const { openStore } = await import(${moduleAt('openStore.ts')})
    const { reservePayment } = await import(${moduleAt('queries/payments/reservePayment.ts')})
    const { recordAnswer } = await import(${moduleAt('queries/payments/recordAnswer.ts')})
    const { makeReservation, makeAnswer } = await import(${moduleAt('testing/makeReceipt.ts')})
    const store = await openStore({ dir: ${JSON.stringify(join(dir, 'pg'))} })
    for (let i = 0; ; i++) {
      const name = process.argv[1] + ' ' + i
      await reservePayment(store, makeReservation(name))
      const { id } = await recordAnswer(store, makeAnswer(name))
      process.stdout.write(name + '|' + id + '\\n')
    }`
  const acknowledged: string[] = []
  for (const round of ['first', 'second']) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, round], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    for await (const chunk of child.stdout) {
      said += String(chunk)
      if (said.split('\n').length > 25) child.kill('SIGKILL')
    }
    acknowledged.push(...said.split('\n').slice(0, -1))
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(50)
  const store = await openStore({ dir: join(dir, 'pg') })
  for (const line of acknowledged) {
    const [name = '', id = ''] = line.split('|')
    const payment = await getPayment(store, makeReservation(name))
    expect(payment).toMatchObject({ state: 'answered', receipt: id })
    expect((await getAnswer(store, { receipt: payment.receipt! })).answerText).toBe(`answer of ${name}`)
  }
  // Where a kill fell between reserving and answering, recovery finds it; an answered one has its receipt.
  const left = await room.unfinishedPayments(store, {})
  expect(left.filter(({ state, receipt }) => (state === 'answered') !== (receipt !== null))).toEqual([])
  await store.close()
})

test('the committed migrations are those of the schema', () => {
  // drizzle-kit takes relative folders only.
  const copy = join(dir, 'migrations')
  cpSync(join(root, 'store', 'migrations'), copy, { recursive: true })
  const before = readdirSync(copy)
  const kit = fileURLToPath(import.meta.resolve('drizzle-kit')).replace(/index\.[cm]?js$/, 'bin.cjs')
  const options = ['--dialect', 'postgresql', '--schema', './store/schema/index.ts', '--out', relative(root, copy)]
  const run = spawnSync(process.execPath, [kit, 'generate', ...options], { cwd: root, encoding: 'utf8' })
  expect(run.stdout).toContain(`${Object.values(schema).filter((part) => is(part, PgTable)).length} tables`)
  expect(run.stdout).toContain('No schema changes')
  expect(readdirSync(copy)).toEqual(before)
})

test('a folder that is no database and a server that is not there are coded errors without the password', async () => {
  writeFileSync(join(dir, 'file'), '')
  const embedded = findError(await openStore({ dir: join(dir, 'file', 'pg') }).catch((error: unknown) => error))
  expect(embedded?.code).toBe('store/cannot-open')
  const url = 'postgres://me:hunter2@127.0.0.1:9/tributary'
  const server = findError(await openStore({ url }).catch((error: unknown) => error))
  expect(server).toMatchObject({ code: 'store/unreachable', retry: true, facts: { host: '127.0.0.1', port: '9' } })
  expect(JSON.stringify(server)).not.toContain('hunter2')
})

test('the public surface of the room is this list', () => {
  expect(Object.keys(room).toSorted()).toMatchInlineSnapshot(`
    [
      "accessOf",
      "addAdapterFile",
      "addContributions",
      "answerJob",
      "appendTrace",
      "approvalModes",
      "approvalStates",
      "approvalSubject",
      "approvalsAt",
      "askApproval",
      "attributionOf",
      "beatWorker",
      "beginSettling",
      "budgetOf",
      "budgetScopes",
      "budgetSubject",
      "callsOf",
      "claimableChannels",
      "claimedWeiOf",
      "confirmPayments",
      "cumulativeBefore",
      "currentEpoch",
      "decideApproval",
      "describeFailure",
      "dropJob",
      "dueErasures",
      "effectOnce",
      "epochStates",
      "eraseAnswer",
      "eraseSamples",
      "findApproval",
      "findChannel",
      "findIdentifier",
      "findModel",
      "findOwnChannel",
      "findPayment",
      "findPurchase",
      "findSpending",
      "finishRun",
      "finishTour",
      "freezeEpoch",
      "getAdapter",
      "getAnswer",
      "getEpoch",
      "getJob",
      "getPayeeClaim",
      "getPayment",
      "getReceipt",
      "getRule",
      "getRun",
      "getSample",
      "getVersion",
      "historyOf",
      "isAlive",
      "latestCuration",
      "leavesOf",
      "legalMoves",
      "listAdapters",
      "listAliases",
      "listApprovalRules",
      "listApprovals",
      "listCheckpoints",
      "listContributions",
      "listDatanets",
      "listDecisions",
      "listEpochs",
      "listRecipeVersions",
      "listRecipeWatches",
      "listRules",
      "listSamples",
      "listTours",
      "listTrace",
      "listVersions",
      "liveWorkers",
      "markAdapterOnChain",
      "markBatchOnChain",
      "markFailed",
      "markFinal",
      "markPayeeClaim",
      "markProposed",
      "markRefunded",
      "markRevealed",
      "markSettled",
      "markSettling",
      "markSigned",
      "markVanished",
      "markVersionOnChain",
      "mostWei",
      "namePayeeKey",
      "openBlobs",
      "openDatanet",
      "openHome",
      "openJob",
      "openJobs",
      "openPayeeClaim",
      "openRun",
      "openStore",
      "openTour",
      "paidAnswersPage",
      "pauseRecipe",
      "payeeKeyOf",
      "paymentOfReceipt",
      "paymentStates",
      "randomReceipts",
      "receiptsAwaitingEpoch",
      "receiptsOfEpoch",
      "recordAnswer",
      "recordAttribution",
      "recordCall",
      "recordCheckpoint",
      "recordClaim",
      "recordDecisions",
      "recordPublication",
      "recordRecipeStart",
      "recordScoring",
      "recordStatement",
      "releaseSpending",
      "removeWorker",
      "replaceStatement",
      "reservePayment",
      "reserveSpending",
      "sampleStates",
      "samplesOfPayee",
      "samplesOfVersion",
      "saveAdapter",
      "saveHistory",
      "saveIdentifier",
      "saveOwnChannel",
      "savePurchase",
      "saveRecipe",
      "saveRule",
      "saveVersion",
      "setAlias",
      "setApprovalRule",
      "setDatanetAccess",
      "setLimits",
      "settleChannel",
      "settleSpending",
      "signedAttributionOf",
      "spendingsOf",
      "statementOf",
      "syncChannel",
      "thisProcess",
      "traceDigest",
      "traceStart",
      "transaction",
      "unattributedReceipts",
      "unconfirmedPayments",
      "unfinishedPayments",
      "unsettledOfChannels",
      "untoldEvents",
      "unwatchRecipe",
      "wantJob",
      "watchRecipe",
      "wishErasure",
      "withLease",
    ]
  `)
})
