import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openTestGateway, type TestGateway } from '../../gateway/testing/openTestGateway.ts'
import { recipeOf } from '../../models/index.ts'
import { boundTools } from '../../tools/boundTools.ts'
import { openTestContext, type TestContext } from '../../tools/testing/openTestContext.ts'
import { trainTinyModel } from '../../tools/testing/trainTinyModel.ts'
import { createProgram } from '../createProgram.ts'
import { eventsOf, followTraining, type StreamedEvent } from './followTraining.ts'
import { trainingView } from './trainingView.ts'

let edges: TestContext
let gateway: TestGateway
beforeAll(async () => {
  edges = await openTestContext()
  gateway = await openTestGateway(edges.ctx, boundTools)
  edges.setGatewayUrl(gateway.url)
  writeFileSync(join(edges.ctx.home.keys, 'operator-token'), gateway.operatorToken, { mode: 0o600 })
  vi.stubEnv('TRIBUTARY_HOME', edges.ctx.home.dir)
  await trainTinyModel(edges.ctx)
})
afterAll(async () => {
  await gateway.close()
  await edges.close()
  vi.unstubAllEnvs()
})

async function run(...args: string[]): Promise<string> {
  const printed: string[] = []
  const quiet = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  try {
    await createProgram((line) => printed.push(line)).run(args)
  } finally {
    quiet.mockRestore()
  }
  return printed.join('\n')
}

type Plan = { training: string; request: { alias: string; recipe: object }; steps: number; recipe: { name: string } }
const planned = async (...args: string[]) => JSON.parse(await run('train', '--dry-run', '--json', ...args)) as Plan

test('tributary train with nothing more trains the newest version, and prints plan, card and what to do next', async () => {
  const said = await run('train')
  for (const line of ['samples', 'time', 'memory', 'licences', 'owners earn'])
    expect(said).toMatch(new RegExp(`^${line} `, 'm'))
  expect(said).toMatch(/rivers-quick is on sale/)
  expect(said).toMatch(/held-out {2}\d\.\d{3} → \d\.\d{3} nats a token/)
  expect(said).toMatch(/npx tributary ask '.*' --model rivers-quick/)
  expect(said).toMatch(/npx tributary explain npm:\w+ </)
  expect(JSON.parse(await run('train', '--json'))).toMatchObject({ alias: 'rivers-quick', stepsPlanned: 4 })
})

test('a recipe of your own in YAML is trained as in JSON: the same digest, so the same training', async () => {
  const { name: _, ...fields } = recipeOf({ seed: 4, epochs: 1 })
  const json = join(edges.ctx.home.dir, 'own.json')
  const yaml = join(edges.ctx.home.dir, 'own.yaml')
  writeFileSync(json, JSON.stringify({ ...fields, name: 'mine' }))
  writeFileSync(yaml, 'name: mine # nothing else but what differs\nseed: 4\nepochs: 1\n')
  const plan = await planned('--recipe', yaml)
  expect(plan.recipe.name).toBe('mine')
  expect(plan.training).toBe((await planned('--recipe', json)).training)
  expect(plan.request).toMatchObject({ alias: 'rivers-mine', recipe: { epochs: 1 } })
})

test('recipe files that are none, and flags that make no sense, are coded errors', async () => {
  const bad = join(edges.ctx.home.dir, 'bad.yaml')
  const refused = (code: string, ...args: string[]) =>
    expect(run('train', '--dry-run', ...args)).rejects.toMatchObject({ code })
  await refused('cli/no-recipe', '--recipe', 'nowhere.yaml')
  for (const text of ['a: [', '- 1', 'x: &a 1\ny: *a', '7']) {
    writeFileSync(bad, text)
    await refused('cli/recipe-file', '--recipe', bad)
  }
  writeFileSync(bad, 'rank: many')
  await refused('models/recipe', '--recipe', bad)
  await refused('cli/usage', '--samples', '3')
  await refused('tools/no-datanet-version', 'atlantis')
})

test('the stream of a training starts anew, or goes on after Last-Event-ID; it is the operator’s, and of known trainings', async () => {
  const { training, steps } = await planned()
  const address = `${gateway.url}/train/${training}/events`
  const authorization = `Bearer ${gateway.operatorToken}`
  const read = async (headers: Record<string, string>) => {
    const response = await fetch(address, { headers: { authorization, ...headers } })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const events: StreamedEvent[] = []
    for await (const event of eventsOf(response.body!)) events.push(event)
    return events
  }
  const all = await read({})
  expect(all[0]).toMatchObject({ id: 0, kind: 'planned', body: { steps } })
  expect(all.at(-1)).toMatchObject({ kind: 'published', body: { alias: 'rivers-quick' } })
  const last = all.findLast(({ kind }) => kind === 'step')!
  expect(last.body).toMatchObject({ step: steps, etaSeconds: expect.any(Number) as number })
  expect(await read({ 'last-event-id': '3' })).toEqual(all.slice(4))
  const followed: StreamedEvent[] = []
  const server = { url: gateway.url, token: gateway.operatorToken }
  const { signal } = new AbortController()
  await followTraining(server, training, { signal, onEvent: (event) => followed.push(event) })
  expect(followed).toEqual(all)

  const codeAt = async (url: string, headers: Record<string, string>) => {
    const response = await fetch(url, { headers })
    return [response.status, ((await response.json()) as { error: { code: string } }).error.code]
  }
  expect(await codeAt(address, {})).toEqual([401, 'gateway/operator-only'])
  expect(await codeAt(address, { authorization, 'last-event-id': 'x' })).toEqual([400, 'gateway/event-id'])
  const nowhere = `${gateway.url}/train/0x0123456789abcdef/events`
  expect(await codeAt(nowhere, { authorization })).toEqual([404, 'gateway/no-training'])
})

test('a training that fails ends its stream with the coded error, which names the sample', async () => {
  const { engine } = edges.ctx
  const { rowGradients } = engine
  const broken: typeof rowGradients = async (rows, thetas, layout) => {
    const results = await rowGradients(rows, thetas, layout)
    return results.map((result, i) => (i === 0 && rows.length > 16 ? { ...result, lossNats: Number.NaN } : result))
  }
  edges.ctx.engine = { ...engine, rowGradients: broken }
  try {
    const { training } = await planned('--seed', '9')
    await expect(run('train', '--seed', '9')).rejects.toMatchObject({ code: 'models/poisoned-sample' })
    const events: StreamedEvent[] = []
    const server = { url: gateway.url, token: gateway.operatorToken }
    await followTraining(server, training, {
      signal: new AbortController().signal,
      onEvent: (event) => events.push(event),
    })
    const sample: unknown = expect.stringMatching(/^0x[0-9a-f]{64}$/)
    expect(events.at(-1)).toMatchObject({ kind: 'failed', body: { error: { code: 'models/poisoned-sample', facts: { sample } } } }) // prettier-ignore
  } finally {
    edges.ctx.engine = engine
  }
})

test('on a terminal the curve is repainted in place; elsewhere there is a line every 5 s and at each look', () => {
  const steps = Array.from({ length: 30 }, (_, i): StreamedEvent => ({
    id: i,
    kind: 'step',
    body: { step: i + 1, steps: 30, lossMicroNats: 3e6 - 5e4 * i, samplesPerSecond: 12.5, etaSeconds: 90 },
  }))
  const look: StreamedEvent = { id: 31, kind: 'validation', body: { step: 30, lossMicroNats: 2_500_000 } }
  const skip: StreamedEvent = {
    id: 32,
    kind: 'skipped',
    body: { step: 30, sample: '0xab', normMicro: null, boundMicro: 2e6 },
  }
  const shown = (isTTY: boolean) => {
    let text = ''
    let now = 0
    const terminal = { isTTY, columns: 100, write: (part: string) => (text += part) }
    const view = trainingView(terminal, () => (now += 1_000))
    for (const event of [...steps, look, skip]) view.event(event)
    view.end()
    return text
  }
  const plain = shown(false)
  expect(plain).not.toContain('\u001B[')
  expect(plain.match(/^step \d+\/30/gm)).toHaveLength(7)
  expect(plain).toContain('step 30/30  loss 1.550  12.5 samples/s  1 min 30 s left')
  expect(plain).toContain('held-out loss 2.500 after step 30')
  expect(plain).toContain('skipped sample 0xab at step 30: gradient norm no number, bound 2.00')
  const painted = shown(true)
  // eslint-disable-next-line no-control-regex -- what moves the cursor up
  expect(painted.match(/\u001B\[8A\u001B\[0J/g)!.length).toBeGreaterThan(25)
  expect(painted).toContain('┤')
})
