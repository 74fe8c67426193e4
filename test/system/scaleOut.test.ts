import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import type { PaymentRequirements } from '@x402/core/types'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readBalance, startAnvil, type Anvil } from '../../chain/index.ts'
import { digestOf, receiptSchema, type Address, type Receipt } from '../../kernel/index.ts'
import { signPayment } from '../../gateway/testing/signPayment.ts'
import { startTemporal, type TemporalServer } from '../../servers/index.ts'
import { openScratchDatabase, type ScratchDatabase } from '../../store/testing/openScratchDatabase.ts'
import { embeddedAnswers } from '../../tools/index.ts'
import { trainTinyModel } from '../../tools/testing/trainTinyModel.ts'
import { openTributary, type Tributary } from '../../temporal.config.ts'
import { endRoles, startRole, type RoleProcess } from './harness/startRole.ts'
import { tinyHome, type TinyHome } from './harness/tinyHome.ts'

const databases = process.env['TRIBUTARY_TEST_DATABASE_URL']

type Body = { choices: [{ message: { content: string } }]; receipt: { id: string; body: Receipt } }

describe.skipIf(databases === undefined)('two gateways and two engine workers (TRIBUTARY_TEST_DATABASE_URL)', () => {
  let home: TinyHome
  let servers: string
  let temporal: TemporalServer
  let anvil: Anvil
  let database: ScratchDatabase
  let env: Record<string, string>
  /** One gateway is a process of its own, the other is in this one, to look at what all of them do. */
  let gateway: RoleProcess
  let here: Tributary
  let engines: RoleProcess[]

  beforeAll(async () => {
    home = await tinyHome()
    servers = mkdtempSync(join(tmpdir(), 'tributary-servers-'))
    const starting = [startTemporal({ home: servers }), startAnvil(), openScratchDatabase(databases ?? '')] as const
    ;[temporal, anvil, database] = await Promise.all(starting)
    env = {
      ...home.env,
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: temporal.address,
      CHAIN_RPC_URL: anvil.url,
      ANSWER_GROUPS: '4',
      ANSWER_ROOM: '3',
    }
    Object.assign(process.env, env)
    engines = await Promise.all([startRole('engine', env), startRole('engine', env)])
    gateway = await startRole('gateway', env)
    here = await openTributary({ home: home.dir, role: 'gateway', say: () => {} })
    await trainTinyModel(here.ctx)
  })
  afterAll(async () => {
    for (const engine of engines ?? []) engine.signal('SIGCONT')
    await here?.close()
    await endRoles()
    await anvil?.stop('SIGKILL')
    await temporal?.stop()
    await database?.drop()
    rmSync(servers, { recursive: true, force: true })
    home.remove()
  })

  const requestOf = (content: string, maxTokens = 24) => ({
    model: 'rivers',
    messages: [{ role: 'user', content }],
    max_tokens: maxTokens,
    temperature: 1,
    seed: 7,
  })
  const post = (url: string, request: object, payment?: string) =>
    fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(payment ? { 'PAYMENT-SIGNATURE': payment } : {}) },
      body: JSON.stringify(request),
    })
  /** One of the two gateways, in turn. */
  const urlOf = (i: number) => (i % 2 === 0 ? gateway.url : here.gatewayUrl)
  async function sign(request: object): Promise<string> {
    const asked = await post(here.gatewayUrl, request)
    expect(asked.status).toBe(402)
    const { accepts } = (await asked.json()) as { accepts: [PaymentRequirements] }
    return signPayment(here.ctx.keys.buyer, accepts[0])
  }
  async function answerOf(response: Response): Promise<Body> {
    const text = await response.text()
    expect(response.status, text).toBe(200)
    const body = JSON.parse(text) as Body
    receiptSchema.parse(body.receipt.body)
    return body
  }
  const balance = () => readBalance(here.ctx.chain, here.ctx.keys.buyer.address as Address)
  const count = async (table: string) => {
    const rows: unknown = await here.ctx.store.db.execute(sql.raw(`select count(*)::int as n from ${table}`))
    return (rows as [{ n: number }])[0].n
  }
  const both = (name: NodeJS.Signals) => engines.forEach((engine) => engine.signal(name))

  test('answers come from the workers, to the bit those of an engine alone, and nothing of them is in Temporal', async () => {
    const questions = ['Where is the mouth of the Elbe?', 'What floods the Oder?', 'Who crossed the Volga first?']
    for (const [i, content] of questions.entries()) {
      const request = requestOf(content)
      const { choices, receipt } = await answerOf(await post(urlOf(i), request, await sign(request)))
      const text = choices[0].message.content
      const { ctx } = here
      const promptIds = ctx.engine.base.tokenizer.encodeChat(request.messages, { addGenerationPrompt: true })
      const asked = { promptIds, maxTokens: 24, temperature: 1, topP: 1, seed: 7 }
      const { adapter } = receipt.body
      const alone = embeddedAnswers(ctx)
      expect((await alone.generate({ ...asked, adapter })).text).toBe(text)

      const payer = ctx.keys.buyer.address
      const key = digestOf({ payer: payer.toLowerCase(), nonce: receipt.body.nonce })
      const history = JSON.stringify(await ctx.workflows.history(`answer/${key}`))
      expect(history).toContain(key)
      for (const secret of [content, text, Buffer.from(content).toString('base64')])
        expect(history).not.toContain(secret)
    }
    expect(await count('answer_jobs')).toBe(0)
    expect(await count('leases')).toBe(0)
  })

  test('ten copies of one payment at two gateways are one answer and one charge', async () => {
    const request = requestOf('How many bridges has the Tagus?')
    const payment = await sign(request)
    const [before, receipts] = [await balance(), await count('receipts')]
    const copies = Array.from({ length: 10 }, (_, i) => post(urlOf(i), request, payment))
    const answers = await Promise.all((await Promise.all(copies)).map(answerOf))
    expect(new Set(answers.map(({ receipt }) => receipt.id)).size).toBe(1)
    expect(await count('receipts')).toBe(receipts + 1)
    const again = await answerOf(await post(here.gatewayUrl, request, payment))
    expect(again.receipt.id).toBe(answers[0]?.receipt.id)
    const paid = before - (await balance())
    expect(paid).toBe(BigInt(again.receipt.body.feeWei))
  })

  test('full workers say 429 before anything is paid; SIGKILL of the gateway at work: the next one delivers, for one fee', async () => {
    const requests = [0, 1, 2, 3].map((i) => requestOf(`What is ferry number ${i} called?`))
    const payments: string[] = []
    for (const request of requests) payments.push(await sign(request))
    const before = await balance()
    both('SIGSTOP')
    const lost = post(gateway.url, requests[0]!, payments[0]).catch(() => 'lost')
    const others = [1, 2].map((i) => post(here.gatewayUrl, requests[i]!, payments[i]))
    await expect.poll(() => count('answer_jobs'), { timeout: 10_000 }).toBe(3)
    const refused = await post(here.gatewayUrl, requests[3]!, payments[3])
    expect(refused.status).toBe(429)
    expect(await refused.json()).toMatchObject({ error: { code: 'models/busy', facts: { open: 3, room: 3 } } })
    await gateway.kill()
    expect(await lost).toBe('lost')
    both('SIGCONT')

    const answers = [await answerOf(await post(here.gatewayUrl, requests[0]!, payments[0]))]
    for (const other of others) answers.push(await answerOf(await other))
    // What was refused was not charged, and its payment is still good.
    answers.push(await answerOf(await post(here.gatewayUrl, requests[3]!, payments[3])))
    const fees = answers.map(({ receipt }) => BigInt(receipt.body.feeWei))
    expect(before - (await balance())).toBe(fees.reduce((sum, fee) => sum + fee, 0n))
    expect(await count('answer_jobs')).toBe(0)
  })

  test('SIGKILL of the engine worker at work: the other takes its groups over and answers', async () => {
    const request = requestOf('Which weir is the oldest?')
    const payment = await sign(request)
    both('SIGSTOP')
    const answer = post(here.gatewayUrl, request, payment)
    await expect.poll(() => count('answer_jobs'), { timeout: 10_000 }).toBe(1)
    await engines[0]!.kill()
    engines[1]!.signal('SIGCONT')
    expect((await answerOf(await answer)).choices[0].message.content.length).toBeGreaterThan(0)
  })

  test('without any engine worker the answer is 503 and a payment stays good; a home that is shared is nobody’s alone', async () => {
    const request = requestOf('Which weir is the newest?')
    const payment = await sign(request)
    for (const engine of engines) await engine.kill()
    const refused = await post(here.gatewayUrl, request, payment)
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({ error: { code: 'models/no-workers', retry: true } })
    const { parts } = (await (
      await fetch(`${here.gatewayUrl}/tools/status`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      })
    ).json()) as { parts: { part: string; state: string }[] }
    expect(parts).toContainEqual(expect.objectContaining({ part: 'answers', state: 'down' }))
    await expect(openTributary({ home: home.dir, say: () => {} })).rejects.toMatchObject({ code: 'home/locked' })
  })
})
