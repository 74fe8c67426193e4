import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestText } from '../../kernel/index.ts'
import { seededNormal } from '../graph/index.ts'
import { adapterLayout, createEngine, initialAdapter, tinyBase, type BaseModel, type Engine } from '../index.ts'

let home: string
let base: BaseModel
let engine: Engine
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'answer-losses-'))
  base = await tinyBase(home)
  engine = await createEngine({ base, threads: 1 })
})
afterAll(async () => {
  await engine.close()
  rmSync(home, { recursive: true, force: true })
})

/** The first as trained, the others each a step of `by` away from it. */
function adapters(layout: Engine['layout'], count: number, by: number): Float32Array[] {
  const noise = (seed: number, size: number) => {
    const normal = seededNormal(seed)
    return Float32Array.from({ length: layout.length }, () => size * normal())
  }
  const main = initialAdapter(layout, 1).theta.map((value, i) => value + noise(1, 0.1)[i]!)
  return [main, ...Array.from({ length: count - 1 }, (_, k) => noise(k + 2, by).map((value, i) => main[i]! + value))]
}

const answer = () => ({
  promptIds: base.tokenizer.encodeChat([{ role: 'user', content: 'why is the sky blue' }], {
    addGenerationPrompt: true,
  }),
  answerIds: base.tokenizer.encode('it scatters light'),
})

test.each([
  { by: 0.3, name: 'far away' },
  { by: 1e-3, name: 'close by' },
])('13 adapters $name lose what each loses alone through its gradient, to 2e-6 nats', async ({ by }) => {
  const layout = adapterLayout(base.config, { rank: 3, alpha: 5, targets: ['q_proj', 'down_proj'], fromLayer: 1 })
  const thetas = adapters(layout, 13, by)
  const { lossesNats, tokenLossesNats, labels } = await engine.answerLosses({ ...answer(), thetas, layout })
  expect(labels).toBe(answer().answerIds.length)
  for (const [k, theta] of thetas.entries()) {
    const digest = digestText(`${by} ${k}`)
    await engine.addAdapter(digest, { layout, theta })
    const { lossNats } = await engine.answerGradient({ ...answer(), adapter: digest })
    expect(Math.abs(lossesNats[k]! - lossNats)).toBeLessThan(2e-6)
    expect(tokenLossesNats[k]!.reduce((sum, loss) => sum + loss, 0) / labels).toBeCloseTo(lossesNats[k]!, 12)
  }
  const [main, ...others] = lossesNats
  expect(Math.max(...others.map((loss) => Math.abs(loss - main!)))).toBeGreaterThan(by / 100)
})

test('an adapter loses the same to the bit alone, among 9 and among 65, on 1 thread and on 2', async () => {
  const thetas = adapters(engine.layout, 65, 0.05)
  const all = (await engine.answerLosses({ ...answer(), thetas })).tokenLossesNats
  for (const k of [1, 40, 64]) {
    const alone = await engine.answerLosses({ ...answer(), thetas: [thetas[0]!, thetas[k]!] })
    expect(alone.tokenLossesNats).toEqual([all[0], all[k]])
  }
  const two = await createEngine({ base, threads: 2 })
  const some = await two.answerLosses({ ...answer(), thetas: thetas.slice(0, 9) })
  expect(some.tokenLossesNats).toEqual(all.slice(0, 9))
  await two.close()
  expect(new Set(all.map(String)).size).toBe(65)
})

test('the adapter itself loses nothing against itself, and of an answer of 40 tokens the first 32 count', async () => {
  const [main] = adapters(engine.layout, 1, 0)
  const answerIds = base.tokenizer.encode('forty bytes are more than thirty-two of them')
  const request = { promptIds: answer().promptIds, answerIds, thetas: [main!, main!.slice()] }
  const { lossesNats, labels } = await engine.answerLosses(request)
  expect(lossesNats[1]).toBe(lossesNats[0])
  expect(labels).toBe(32)
  const short = await engine.answerLosses({ ...request, maxLabels: 8 })
  expect(short.tokenLossesNats[0]).toHaveLength(8)
})

test('an adapter of another length is refused, and one with a NaN loses NaN but nobody else does', async () => {
  const thetas = adapters(engine.layout, 4, 0.1)
  const short = engine.answerLosses({ ...answer(), thetas: [thetas[0]!, thetas[1]!.slice(1)] })
  await expect(short).rejects.toMatchObject({ code: 'models/gradient-rows' })
  const clean = await engine.answerLosses({ ...answer(), thetas })
  thetas[2] = thetas[2]!.slice().fill(Number.NaN)
  const { lossesNats } = await engine.answerLosses({ ...answer(), thetas })
  expect(lossesNats).toEqual(clean.lossesNats.with(2, Number.NaN))
})
