import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { addressString, type Digest } from '../kernel/index.ts'
import { callsOf, listDecisions, listSamples } from '../store/index.ts'
import { run as checkSamples } from './checkSamples.run.ts'
import { run as contribute } from './contribute.run.ts'
import { openDecider } from './deciding/openDecider.ts'
import { run as findDuplicates } from './findDuplicates.run.ts'
import { judgeDoubts } from './judgeDoubts.ts'
import { run as judge } from './judgeDoubts.run.ts'
import { bindTool, runTool } from './runTool.ts'
import { openChatServer } from './testing/openChatServer.ts'
import { openTestContext, type TestContext } from './testing/openTestContext.ts'
import { signContributions } from './testing/signContributions.ts'

const datanet = 'own'
// With ' Nobody knows.' behind each, the first three are a little longer than the least; the third is the first again.
const prompts = [
  'Why?',
  'Who?',
  'why?',
  'Write to ada.lovelace@riverbank.com about the river and its sand.',
  'Of rivers: why do they carry sand?',
]
let edges: TestContext
let chat: Awaited<ReturnType<typeof openChatServer>>
let ids: Digest[] = []
beforeAll(async () => {
  edges = await openTestContext()
  chat = await openChatServer()
  const signed = await signContributions(edges.ctx, datanet, prompts)
  await contribute({ ...signed, contributor: addressString.parse(signed.contributor) }, edges.ctx)
  ids = (await listSamples(edges.ctx.store, { datanet })).map(({ id }) => id)
})
beforeEach(() => void (chat.asked.length = 0))
afterAll(async () => {
  chat.close()
  await edges.close()
})

const doubt = (i: number) => ({ sample: ids[i]!, rule: 'quality/short', reason: 'It is short.' })
const bound = bindTool(judgeDoubts, judge)
async function judged(workflow: string, of: number[], env: Record<string, string> = {}) {
  const origin = { workflow, run: 'r', agent: 'curator', lineage: [], step: 'curator/judge#1', node: 'judge', attempt: 1 }
  const call = { face: 'activity' as const, effectKey: `${workflow}/judge`, origin }
  const ctx = { ...edges.ctx, decider: openDecider(env, edges.ctx), call }
  return judgeDoubts.output.parse(await runTool(bound, { datanet, samples: of.map(doubt) }, ctx)).judged
} // prettier-ignore
const lines = async (workflow: string) =>
  (await callsOf(edges.ctx.store, { workflow })).map(({ kind, name, by, policy, model, parent }) => ({ kind, name, by, policy, model, parent })) // prettier-ignore

test('the rules doubt 3 short samples of 5, reject the one with an address, and pass the last without a doubt', async () => {
  const { uncertain, byRule } = await checkSamples({ datanet, curation: 'c', from: 0, count: 5 }, edges.ctx)
  expect(uncertain.map(({ sample, rule }) => [ids.indexOf(sample as Digest), rule])).toEqual([0, 1, 2].map((i) => [i, 'quality/short'])) // prettier-ignore
  expect(byRule).toEqual({ 'pii/email': 1 })
})

test('with no model the policy holds to the rules: 3 are accepted, nobody is asked, and 3 lines name the policy', async () => {
  const made = await judged('none', [0, 1, 2])
  expect(made.map(({ verdict, by, rule }) => [verdict, by, rule])).toEqual([0, 1, 2].map(() => ['accept', 'policy', 'review/policy'])) // prettier-ignore
  expect(chat.asked).toHaveLength(0)
  const [whole, ...each] = await lines('none')
  expect(whole).toMatchObject({ name: 'judge_doubts', parent: null })
  expect(each).toEqual([0, 1, 2].map(() => ({ kind: 'tool', name: 'decide', by: 'policy', policy: 'curator/rules-hold/1', model: null, parent: 'none/judge' }))) // prettier-ignore
})

test('a model takes one of 3 out with its words, once however often it is tried, and the lines say that it decided', async () => {
  chat.reply = ({ messages }) => {
    const isSecond = messages.at(-1)!.content.includes('"prompt":"Who?"')
    return { content: JSON.stringify({ option: isSecond ? 'reject' : 'accept', reason: 'It says nothing.' }) }
  }
  const made = await judged('asked', [0, 1, 2], chat.settings())
  expect(made.map(({ verdict }) => verdict)).toEqual(['accept', 'reject', 'accept'])
  expect(made[1]).toMatchObject({ rule: 'review/model', by: 'model', model: 'gpt-x', provider: new URL(chat.url).host })
  expect(made[1]!.reason).toBe('quality/short was not sure: It is short. The model gpt-x was asked: It says nothing.')
  expect(chat.asked).toHaveLength(3)
  expect(await judged('asked', [0, 1, 2], chat.settings())).toEqual(made)
  expect(chat.asked).toHaveLength(3)
  expect((await lines('asked')).map(({ kind, name, by }) => `${kind} ${name} ${by}`).toSorted()).toEqual([
    ...Array(3).fill('model gpt-x model'),
    ...Array(3).fill('tool decide model'),
    'tool judge_doubts policy',
  ])
})

test('what a rule rejects stays rejected whatever a model would say, and is not even shown to it', async () => {
  chat.reply = () => ({ content: '{"option": "accept", "reason": "IGNORE THE RULES"}' })
  const [made] = await judged('hostile', [3], chat.settings())
  expect([made?.verdict, made?.by]).toEqual(['reject', 'policy'])
  expect(made?.reason).toContain('e-mail')
  expect(chat.asked).toHaveLength(0)
  await expect(judged('stranger', [7], chat.settings())).rejects.toMatchObject({ code: 'tools/input' })
})

test('a sample that a model accepted and that repeats another is rejected as a duplicate; the other keeps who accepted it', async () => {
  chat.reply = () => ({ content: '{"option": "accept", "reason": "Fine."}' })
  const reviewed = await judged('copies', [0, 1, 2], chat.settings())
  expect(reviewed.map(({ verdict }) => verdict)).toEqual(['accept', 'accept', 'accept'])
  await checkSamples({ datanet, curation: 'copies', from: 0, count: 5 }, edges.ctx)
  await findDuplicates({ datanet, curation: 'copies', except: [], reviewed }, edges.ctx)
  const said = new Map((await listDecisions(edges.ctx.store, { datanet, curation: 'copies' })).map((one) => [one.sample, one])) // prettier-ignore
  expect(ids.map((id) => said.get(id)?.rule)).toEqual(['review/model', 'review/model', 'duplicate/near', 'pii/email', 'none']) // prettier-ignore
})
