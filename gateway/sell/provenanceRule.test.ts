import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { apportion, defaultRevenueRule, partsOfFee } from '../../attribution/index.ts'
import { signScores } from '../../chain/index.ts'
import {
  canonicalText,
  digestText,
  ppmInteger,
  revenueRuleSchema,
  type Attribution,
  type Digest,
} from '../../kernel/index.ts'
import { attributionOf, getEpoch, getReceipt, getVersion, listSamples } from '../../store/index.ts'
import { boundTools } from '../../tools/boundTools.ts'
import { verifyReceiptProof } from '../../tools/index.ts'
import { openChatServer } from '../../tools/testing/openChatServer.ts'
import { openTestContext, type TestContext } from '../../tools/testing/openTestContext.ts'
import { publishCorpus } from '../../tools/testing/publishCorpus.ts'
import { toolCaller } from '../../tools/testing/toolCaller.ts'
import { tinyCorpus, tinyDatanet } from '../../tools/testing/trainTinyModel.ts'
import { indexFolder } from '../../tools/verbatim/indexFolder.ts'
import { openTestGateway, type TestGateway } from '../testing/openTestGateway.ts'

/** As a Datanet's holders could adopt it; by the default rule the pool has the contributors' part of traced answers. */
const rule = revenueRuleSchema.parse({
  ...defaultRevenueRule,
  v: 4,
  payeeCapPpm: 1_000_000,
  provenanceRule: 'verbatim-provenance/1',
})
const [first, , , , , other] = tinyCorpus()
const said = `I was told: ${first!['completion']!} And also ${other!['completion']!.slice(0, 80)} Who knows.`

let edges: TestContext
let gateway: TestGateway
let upstream: Awaited<ReturnType<typeof openChatServer>>
const call = toolCaller(() => edges.ctx, 'provenance')
let receipt: Digest
let edited: Digest

beforeAll(async () => {
  upstream = await openChatServer()
  upstream.reply = () => ({ content: said })
  edges = await openTestContext({ rule })
  gateway = await openTestGateway(edges.ctx, boundTools)
  edges.setGatewayUrl(gateway.url)
  await publish(tinyCorpus())
  await call('resell_model', {
    alias: 'large',
    url: upstream.url,
    model: 'x',
    datanet: tinyDatanet,
    outputWeiPer1000: '9000000',
  })
}, 120_000)
afterAll(async () => {
  await gateway.close()
  await edges.close()
  upstream.close()
})

const publish = (corpus: Record<string, string>[]) => publishCorpus(call, edges.ctx, { datanet: tinyDatanet, corpus })

async function sell(): Promise<Digest> {
  const messages = [{ role: 'user', content: 'What should a traveller know about the source of the Danube?' }]
  const { receipt: id } = await call('ask', { model: 'large', messages, max_tokens: 64 })
  await edges.workflows.result(`attribute/${id}`)
  return id
}

/** Puts other scores in place of those that are stored, with their digest and the attributor's signature: the operator can. */
async function replace(id: Digest, change: (provenance: NonNullable<Attribution['provenance']>) => object) {
  const { store, keys, chain } = edges.ctx
  const stored = await attributionOf(store, { receipt: id })
  const body = canonicalText({ ...stored, provenance: { ...stored.provenance!, ...change(stored.provenance!) } })
  const signature = await signScores({ id: digestText(body), chainId: chain.chainId }, keys.attributor)
  await store.db.execute(
    sql`update attributions set body = ${body}, digest = ${digestText(body)}, signature = ${signature} where receipt = ${id}`,
  )
}

const checkOf = async (id: Digest, name: string) => {
  const { checks, verdict } = await call('audit', { receipt: id })
  return { verdict, ...checks.find(({ check }) => check === name)! }
}

test('a sale whose trace names payees, in a closed epoch: each is paid its ppm of the contributors’ part to the wei, the pool the rest', async () => {
  receipt = await sell()
  const { provenance, payees } = await attributionOf(edges.ctx.store, { receipt })
  expect(payees).toEqual([])
  expect(provenance!.payees.length).toBeGreaterThanOrEqual(2)
  expect(provenance!.unexplainedPpm).toBeGreaterThan(0)
  await call('close_epoch', {})
  const { receipt: sold } = await getReceipt(edges.ctx.store, { id: receipt })
  const { contributorsWei } = partsOfFee(BigInt(sold.feeWei), rule)
  const named = provenance!.payees.toSorted((a, b) => (a.payee < b.payee ? -1 : 1))
  const due = apportion(contributorsWei, [
    ...named.map(({ sharePpm }) => BigInt(sharePpm)),
    BigInt(provenance!.unexplainedPpm),
  ])
  expect(due.every((wei) => wei > 0n)).toBe(true)
  for (const [i, { payee, sharePpm }] of named.entries()) {
    const { earnedWei, epochs } = await call('statement', { payee })
    expect(earnedWei).toBe(String(due[i]))
    expect(epochs[0]!.accounts).toMatchObject([
      { account: `verbatim-provenance/1 ${sold.adapter}`, paidWei: earnedWei, owedWei: '0' },
    ])
    expect(epochs[0]!.answers).toMatchObject([{ receipt, sharePpm, wei: earnedWei, evidence: 'provenance' }])
  }
  expect((await call('pool_status', { datanet: tinyDatanet })).creditedWei).toBe(String(due.at(-1)))
})

test('its audit passes all that can be computed again, the trace and the split among it, and an outsider’s proof splits the fee alike', async () => {
  const { checks, verdict } = await call('audit', { receipt })
  expect(checks.filter(({ pass }) => !pass)).toEqual([])
  // An upstream's answer cannot be made again: the verdict says so, whatever else holds.
  expect([verdict, checks.filter(({ judged }) => judged === false).map(({ check }) => check)]).toEqual([
    'NOT_REPRODUCIBLE',
    ['answer regenerated'],
  ])
  const detailOf = (name: string) => checks.find(({ check }) => check === name)?.detail
  expect(detailOf('attribution at once')).toContain('the same bits and shares in the samples of the version')
  expect(detailOf('split and inclusion')).toMatch(
    /[1-9] payees of this answer are in it, paid for words that it repeats/,
  )
  const proof = await call('prove_receipt', { receipt })
  const { evidenceRoot } = await getEpoch(edges.ctx.store, { epoch: 1 })
  const { split, proof: shown } = await verifyReceiptProof(JSON.parse(JSON.stringify(proof)), evidenceRoot!)
  expect(shown.rule).toMatchObject({ v: 4, provenanceRule: 'verbatim-provenance/1' })
  expect(split!.payees.map(({ payee }) => payee)).toEqual(expect.arrayContaining(['npm:danube']))
})

test('one share moved to another payee, signed anew by the attributor, fails the audit, which names the trace', async () => {
  edited = await sell()
  const documents = { documents: digestText('other samples') }
  await replace(edited, ({ payees: [best, next, ...rest] }) => ({
    payees: [
      { ...best!, sharePpm: ppmInteger.parse(best!.sharePpm - 1_000) },
      { ...next!, sharePpm: ppmInteger.parse(next!.sharePpm + 1_000) },
      ...rest,
    ],
  }))
  const found = await checkOf(edited, 'attribution at once')
  expect(found).toMatchObject({
    verdict: 'FAIL',
    pass: false,
    culprit: 'the trace; it was the duty of the attributor, who scored it',
  })
  expect(found.detail).toContain('"payee":"npm:')
  await replace(edited, () => documents)
  expect(await checkOf(edited, 'attribution at once')).toMatchObject({
    verdict: 'FAIL',
    culprit: 'the samples that the trace was made in; it was the duty of the attributor, who scored it',
  })
})

test('a version with 1 more sample that repeats the answer, and a merge, change neither old traces nor new answers of the card', async () => {
  const before = await getVersion(edges.ctx.store, { datanet: tinyDatanet })
  const repeats = {
    prompt: 'What was told?',
    completion: `${said} ${said}`,
    contributor: 'npm:parrot',
    licence: 'MIT',
    source: 'p.md',
  }
  await publish([...tinyCorpus(), repeats])
  await call('merge_index', { datanet: tinyDatanet })
  expect((await call('trace_text', { text: said })).payees.map(({ payee }) => payee)).toContain('npm:parrot')
  const found = await checkOf(receipt, 'attribution at once')
  expect([found.pass, found.judged]).toEqual([true, undefined])
  const later = await sell()
  const [was, is] = await Promise.all([receipt, later].map((id) => attributionOf(edges.ctx.store, { receipt: id })))
  expect(is!.provenance).toEqual(was!.provenance)
  expect(is!.provenance!.documents).toBe(before.root)
  expect((await checkOf(later, 'attribution at once')).detail).toContain('the same bits and shares')
})

test('an index of the home that is damaged keeps no answer from being traced as before: it is built from the samples', async () => {
  const broken = join(indexFolder(edges.ctx, tinyDatanet, 'bytes'), 'manifest-00009999.json')
  writeFileSync(broken, '{"format":1')
  await expect(call('trace_text', { text: said })).rejects.toMatchObject({ code: 'attribution/index-edited' })
  const later = await sell()
  rmSync(broken)
  const [was, is] = await Promise.all([receipt, later].map((id) => attributionOf(edges.ctx.store, { receipt: id })))
  expect(is!.provenance).toEqual(was!.provenance)
})

test('after a takedown an audit says that 1 sample is gone, and judges neither; what was forged before stays a finding', async () => {
  const later = await sell()
  const samples = await listSamples(edges.ctx.store, { datanet: tinyDatanet })
  await call('take_down_samples', {
    samples: [samples.find(({ completion }) => completion === first!['completion'])!.id],
  })
  const found = await checkOf(later, 'attribution at once')
  expect(found).toMatchObject({ verdict: 'NOT_REPRODUCIBLE', pass: true, judged: false })
  expect(found.detail).toContain('1 sample of this version')
  expect(await checkOf(edited, 'attribution at once')).toMatchObject({ verdict: 'FAIL', pass: false })
  const after = await sell()
  const [was, is] = await Promise.all([later, after].map((id) => attributionOf(edges.ctx.store, { receipt: id })))
  const shareOf = ({ provenance }: Attribution) =>
    provenance!.payees.find(({ payee }) => payee === 'npm:danube')!.sharePpm
  expect(shareOf(is!)).toBeLessThan(shareOf(was!))
  expect(await checkOf(after, 'attribution at once')).toMatchObject({
    pass: true,
    detail: expect.stringContaining('that are left'),
  })
})
