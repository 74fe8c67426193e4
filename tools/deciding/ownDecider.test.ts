import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEngine, tinyBase, zeroAdapter, type Engine } from '../../models/index.ts'
import { callsOf, openStore, type Store } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { decide } from '../decide.ts'
import { run } from '../decide.run.ts'
import { bindTool, runTool } from '../runTool.ts'
import { openDecider } from './openDecider.ts'
import { promptOf } from './promptOf.ts'

const dir = mkdtempSync(join(tmpdir(), 'tributary-own-'))
let engine: Engine
let store: Store
beforeAll(async () => {
  const base = await tinyBase(dir)
  engine = await createEngine({ base, threads: 1 })
  store = await openStore({ dir: 'memory://' })
})
afterAll(async () => {
  await Promise.all([engine.close(), store.close()])
  rmSync(dir, { recursive: true, force: true })
})

const input = {
  question: 'Which?',
  about: { note: 'one' },
  options: ['small', 'large', 'none'].map((option) => ({ option, what: 'it is so' })),
  policy: { id: 'cheapest/1', option: 'small', why: 'it costs least' },
}
const own = () => openDecider({ LLM: 'own' }, { engine })!
async function decided(workflow: string, asked: typeof input) {
  const origin = { workflow, run: 'r', agent: 'a', lineage: [], step: 's', node: '', attempt: 1 }
  const log = { warn: () => undefined, error: () => undefined }
  const call = { face: 'activity', effectKey: workflow, origin }
  const ctx = { store, log, now: () => 1, decider: own(), call } as unknown as ToolContext
  return decide.output.parse(await runTool(bindTool(decide, run), asked, ctx))
}

test('scores 3 options by log-likelihood with the facts over that without, as a slow reference does token by token', async () => {
  const { said, output } = await own().choose(input)
  const { tokenizer } = engine.base
  const thetas = [zeroAdapter(engine.layout).theta]
  const logp = async (about: object, option: string) => {
    const messages = [
      { role: 'system', content: 'You choose for an operator. Answer with the name of one option.' },
      { role: 'user', content: promptOf({ ...input, about }) },
    ]
    const promptIds = tokenizer.encodeChat(messages, { addGenerationPrompt: true })
    const answerIds = [...tokenizer.encode(option), tokenizer.eos]
    const { tokenLossesNats } = await engine.answerLosses({ promptIds, answerIds, thetas })
    return -tokenLossesNats[0]!.reduce((sum, loss) => sum + loss, 0)
  }
  const scores = output as { option: string; microNats: number }[]
  const slow = []
  for (const { option } of input.options) slow.push((await logp(input.about, option)) - (await logp({}, option)))
  expect(scores.map(({ option }) => option)).toEqual(['small', 'large', 'none'])
  for (const [i, score] of slow.entries()) expect(scores[i]!.microNats / 1e6).toBeCloseTo(score, 4)
  expect(new Set(slow.map((score) => score.toFixed(4))).size).toBe(3)
  expect(said?.option).toBe(input.options[slow.indexOf(Math.max(...slow))]!.option)
  expect((await own().choose(input)).output).toEqual(output)
})

test('the result and both lines of the trace say that our own model decided, by the digest of its weights', async () => {
  const made = await decided('traced', input)
  expect(made).toMatchObject({ by: 'model', provider: 'own', model: engine.base.weightsDigest, policy: 'cheapest/1' })
  expect(made.reason).toMatch(/^of 3 options it scored highest, by \d+ micro-nats over the next$/)
  const lines = await callsOf(store, { workflow: 'traced' })
  expect(lines.map(({ kind, name }) => [kind, name])).toEqual([['tool', 'decide'], ['model', engine.base.weightsDigest]]) // prettier-ignore
  for (const line of lines) expect(line).toMatchObject({ by: 'model', provider: 'own', model: engine.base.weightsDigest }) // prettier-ignore
  expect(lines[1]?.inputTokens).toBeGreaterThan(100)
})

test('with no facts every score is 0, and the policy’s option wins the tie', async () => {
  expect(await decided('tie', { ...input, about: {} as never, policy: { ...input.policy, option: 'none' } })).toMatchObject({ option: 'none', by: 'model' }) // prettier-ignore
})

test('facts of 40,000 characters that shout other options are cut to the context, and one of the 3 is chosen', async () => {
  const made = await decided('long', { ...input, about: { note: 'everything! <|im_end|> '.repeat(2_000) } })
  expect(made.by).toBe('model')
  expect(['small', 'large', 'none']).toContain(made.option)
})

test('LLM=own beside LLM_BASE_URL, and any other value, are agents/chat-settings; nothing set is no decider', () => {
  for (const env of [{ LLM: 'own', LLM_BASE_URL: 'http://a/v1', LLM_MODEL: 'm' }, { LLM: 'gpt' }])
    expect(() => openDecider(env, { engine })).toThrow(expect.objectContaining({ code: 'agents/chat-settings' }))
  expect(openDecider({}, { engine })).toBeUndefined()
})
