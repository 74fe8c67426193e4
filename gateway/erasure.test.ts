import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signErasure } from '../chain/index.ts'
import type { Digest } from '../kernel/index.ts'
import { getAnswer } from '../store/index.ts'
import { boundTools } from '../tools/boundTools.ts'
import { eraseDue, runTool, type BoundTool } from '../tools/index.ts'
import { openTestContext, type TestContext } from '../tools/testing/openTestContext.ts'
import { tinyDatanet, trainTinyModel } from '../tools/testing/trainTinyModel.ts'
import { openTestGateway, type TestGateway } from './testing/openTestGateway.ts'

let edges: TestContext
let gateway: TestGateway
beforeAll(async () => {
  edges = await openTestContext()
  await trainTinyModel(edges.ctx)
  gateway = await openTestGateway(edges.ctx, boundTools)
  edges.setGatewayUrl(gateway.url)
})
afterAll(async () => {
  await gateway?.close()
  await edges?.close()
})

const secret = 'Is the ferry of Ambleside still leaking?'
const kept = 'Which river floods in the spring of the year?'
const call = async (name: string, input: object, effectKey = name) => {
  const tool = boundTools.find(({ definition }) => definition.name === name) as BoundTool
  return runTool(tool, input, { ...edges.ctx, call: { face: 'test', effectKey } })
}
const askOf = (content: string) => ({
  model: tinyDatanet,
  messages: [{ role: 'user', content }],
  max_tokens: 24,
  temperature: 1,
  seed: 3,
})
let asked = 0
const buy = async (content: string) => {
  const { receipt } = await call('ask', askOf(content), `ask ${++asked}`)
  const { answerText } = await getAnswer(edges.ctx.store, { receipt: receipt as Digest })
  return { receipt: receipt as Digest, answer: answerText! }
}
const sign = (receipt: Digest, by: 'buyer' | 'operator' = 'buyer', chainId = edges.ctx.chain.chainId) =>
  signErasure(receipt, { chainId, account: edges.ctx.keys[by] })
const wish = async (receipt: Digest, signature: string) => {
  const response = await fetch(`${gateway.url}/v1/answers/${receipt}/erase`, {
    method: 'POST',
    body: JSON.stringify({ signature }),
  })
  const body = (await response.json()) as { state?: string; error?: { code: string } }
  return [response.status, body.state ?? body.error?.code]
}

async function rowsOf<Row>(statement: ReturnType<typeof sql>): Promise<Row[]> {
  const result: unknown = await edges.ctx.store.db.execute(statement)
  return (result as { rows: Row[] }).rows
}

/** Every row of every table, and every file of blobs, logs and run folder: all that this home keeps beside Temporal. */
async function everything(): Promise<string> {
  const { home } = edges.ctx
  const tables = await rowsOf<{ name: string }>(sql`select table_name as name from information_schema.tables where table_schema = 'public'`)
  expect(tables.length).toBeGreaterThan(25)
  const dump = []
  for (const { name } of tables) dump.push(JSON.stringify(await rowsOf(sql`select * from ${sql.identifier(name)}`)))
  const files = [home.blobs, home.logs, home.run].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  const texts = files.filter((file) => statSync(file).isFile()).map((file) => readFileSync(file, 'latin1'))
  expect(texts.length).toBeGreaterThan(5)
  return [...dump, ...texts].join('\n')
} // prettier-ignore

/** Every form in which a text could stand there. */
function forms(text: string): string[] {
  const bytes = Buffer.from(text)
  const json = JSON.stringify(text).slice(1, -1)
  const base64 = bytes.toString('base64').replace(/=+$/, '').slice(0, -2)
  return [text, bytes.toString('latin1'), json, JSON.stringify(json).slice(1, -1), bytes.toString('hex'), base64]
}
const isIn = (all: string, text: string) => forms(text).some((form) => all.includes(form))

test('a buyer’s wish waits until its epoch is posted, then nothing of prompt and answer is left in database, blobs and logs', async () => {
  const { store } = edges.ctx
  const [dropped, other] = [await buy(secret), await buy(kept)]
  const { receipt, answer } = dropped
  expect(answer.length).toBeGreaterThan(15)
  const { answerIds } = await getAnswer(store, { receipt })
  const before = await everything()
  for (const text of [secret, answer, kept, other.answer]) expect(isIn(before, text)).toBe(true)

  expect(await wish(receipt, await sign(receipt, 'operator'))).toEqual([403, 'payment/not-the-payer'])
  expect(await wish(receipt, await sign(receipt, 'buyer', 1))).toEqual([403, 'payment/not-the-payer'])
  expect(await wish(receipt, await sign(other.receipt))).toEqual([403, 'payment/not-the-payer'])
  expect(await wish(receipt, '0x12')).toEqual([400, 'gateway/bad-request'])
  expect(await wish(receipt, await sign(receipt))).toEqual([200, 'waiting'])
  // Contributors are paid by what the answer was: it stays until they are.
  expect(await eraseDue(edges.ctx)).toBe(0)
  expect((await getAnswer(store, { receipt })).answerText).toBe(answer)
  await call('close_epoch', {})
  expect(await call('audit', { receipt })).toMatchObject({ verdict: 'PASS' })

  expect(await eraseDue(edges.ctx)).toBe(1)
  expect(await eraseDue(edges.ctx)).toBe(0)
  expect(await wish(receipt, await sign(receipt))).toEqual([200, 'dropped'])
  const after = await everything()
  for (const text of [secret, answer, answerIds!.join(',')]) {
    const at =
      forms(text)
        .map((form) => after.indexOf(form))
        .find((i) => i >= 0) ?? -1
    expect(at < 0 ? '' : after.slice(Math.max(0, at - 200), at + 80)).toBe('')
  }
  for (const text of [kept, other.answer]) expect(isIn(after, text)).toBe(true)
})

test('after it the audit says what can still be checked: 8 of 12 checks, and 4 that need the text; the split and the money stand', async () => {
  const [erased] = await rowsOf<{ receipt: Digest }>(sql`select receipt from answers where erased_at_ms is not null`)
  const receipt = erased!.receipt
  const report = (await call('audit', { receipt })) as {
    verdict: string
    checks: { check: string; pass: boolean; judged?: false; detail: string }[]
  }
  expect(report.verdict, JSON.stringify(report.checks.at(-1))).toBe('NOT_REPRODUCIBLE')
  expect(report.checks.every(({ pass }) => pass)).toBe(true)
  const unjudged = report.checks.filter(({ judged }) => judged === false)
  expect(unjudged.map(({ check }) => check)).toEqual([
    'request and answer',
    'answer regenerated',
    'attribution at once',
    'scores that are paid',
  ])
  expect(unjudged[0]?.detail).toContain('Dropped at the buyer’s wish')
  expect(report.checks).toHaveLength(12)
  const [other] = await rowsOf<{ receipt: Digest }>(sql`select receipt from answers where erased_at_ms is null`)
  expect(await call('audit', { receipt: other!.receipt })).toMatchObject({ verdict: 'PASS' })
  // Without the payer's signature, what is missing is the server's fault.
  await edges.ctx.store.db.execute(sql`update answers set erase_signature = '0x11' where receipt = ${receipt}`)
  const blamed = (await call('audit', { receipt })) as { verdict: string; checks: { culprit?: string }[] }
  expect(blamed.verdict).toBe('FAIL')
  expect(blamed.checks.at(-1)).toMatchObject({ check: 'request and answer', pass: false })
  expect(blamed.checks.at(-1)?.culprit).toContain('duty of the server')
  // The buyer that sends its payment again is told, and so is the page that explains it.
  await expect(call('explain_page', { payee: 'npm:danube', receipt })).resolves.toBeDefined()
})
