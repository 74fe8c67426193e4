import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allTargets, gradGraph, prefixGraph, seededNormal } from '../graph/index.ts'
import {
  adapterLayout,
  createEngine,
  encodeRow,
  initialAdapter,
  tinyBase,
  type AdapterLayout,
  type BaseModel,
  type Engine,
} from '../index.ts'
import { GraphSessions } from './GraphSessions.ts'

let home: string
let base: BaseModel
let engine: Engine
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'gradients-'))
  base = await tinyBase(home)
  engine = await createEngine({ base, threads: 1 })
})
afterAll(async () => {
  await engine.close()
  rmSync(home, { recursive: true, force: true })
})

const rowOf = (question: string, answer: string) =>
  encodeRow(
    base.tokenizer.encodeChat([{ role: 'user', content: question }], { addGenerationPrompt: true }),
    base.tokenizer.encode(answer),
  )

function randomTheta(layout: AdapterLayout, seed: number): Float32Array {
  const normal = seededNormal(seed)
  return initialAdapter(layout, seed).theta.map((value) => value + 0.2 * normal())
}

test.each([
  { name: 'all 7 targets of all blocks', options: { rank: 3, alpha: 5, targets: allTargets } },
  { name: 'the middle block alone', options: { rank: 2, targets: ['v_proj', 'up_proj'] as const, layers: [1] } },
  {
    name: 'ranks and alphas by pattern, rsLoRA',
    options: {
      rank: 2,
      alpha: 3,
      targets: ['q_proj', 'down_proj'] as const,
      layers: [0, 2],
      rsLora: true,
      rankPattern: { 'layers.2.self_attn.q_proj': 5, down_proj: 1 },
      alphaPattern: { '.*mlp.*': 8 },
    },
  },
])('one engine gives the gradient of $name: central differences of its own loss agree', async ({ options }) => {
  const layout = adapterLayout(base.config, options)
  const theta = randomTheta(layout, 3)
  const rows = [rowOf('why', 'because'), rowOf('how so', 'like this')]
  const hidden = await engine.prefixStates(rows, layout)
  const of = (adapter: number) => rows.map((row, i) => ({ row, hidden: hidden[i]!, adapter }))
  const found = await engine.rowGradients(of(0), [theta], layout)
  const normal = seededNormal(5)
  for (let round = 0; round < 4; round++) {
    const direction = Float32Array.from(theta, normal)
    const size = 3e-3 / Math.hypot(...direction)
    const moved = [1, -1].map((sign) => theta.map((value, i) => value + sign * size * direction[i]!))
    const losses = await engine.rowLosses([...of(0), ...of(1)], moved, layout)
    for (const [i, { gradient }] of found.entries()) {
      const slope = (losses[i]! - losses[i + rows.length]!) / (2 * size)
      const predicted = gradient.reduce((sum, g, p) => sum + g * direction[p]!, 0)
      // Float32 rounds the losses; directions without any slope would pass, so the gradient must be there.
      expect(Math.abs(slope - predicted)).toBeLessThan(0.01)
      expect(Math.hypot(...gradient)).toBeGreaterThan(0.5)
      expect(gradient.length).toBe(layout.length)
    }
  }
})

test('losses alone have the bits of the losses that come with gradients', async () => {
  const layout = adapterLayout(base.config, { rank: 2, targets: allTargets, fromLayer: 1 })
  const thetas = [randomTheta(layout, 1), randomTheta(layout, 2)]
  const rows = ['a', 'other', 'questions'].map((text) => rowOf(text, `the answer to ${text}`))
  const hidden = await engine.prefixStates(rows, layout)
  const all = rows.flatMap((row, i) => [0, 1].map((adapter) => ({ row, hidden: hidden[i]!, adapter })))
  const both = await engine.rowGradients(all, thetas, layout)
  expect(await engine.rowLosses(all, thetas, layout)).toEqual(both.map(({ lossNats }) => lossNats))
  expect(new Set(both.map(({ lossNats }) => lossNats)).size).toBe(6)
})

test('states of another layout, and adapters of another length, are refused as models/gradient-rows', async () => {
  const layout = adapterLayout(base.config, { rank: 2, targets: ['q_proj'] })
  const row = rowOf('q', 'a')
  const [hidden] = await engine.prefixStates([row], layout)
  const refused = { code: 'models/gradient-rows' }
  const { theta } = initialAdapter(layout, 1)
  await expect(engine.rowGradients([{ row, hidden: hidden!, adapter: 0 }], [theta])).rejects.toMatchObject(refused)
  await expect(engine.rowLosses([{ row, hidden: hidden!, adapter: 1 }], [theta], layout)).rejects.toMatchObject(refused)
  const short = { row, hidden: hidden!.slice(1), adapter: 0 }
  await expect(engine.rowGradients([short], [theta], layout)).rejects.toMatchObject(refused)
})

test('sessions over the limit of packed bytes close, the one not used for longest first; one alone may be over it', async () => {
  const { config, weights, dir } = base
  const sessions = new GraphSessions({ dir }, { mostBytes: 270_000 })
  const gradient = (layer: number) =>
    gradGraph(config, weights, { projections: [{ layer, target: 'q_proj' }], hidden: true })
  await sessions.get('prefix', () => prefixGraph(config, weights, 1))
  await sessions.get('last', () => gradient(2))
  await sessions.get('prefix', () => expect.unreachable('it is open'))
  expect(sessions.names).toEqual(['last', 'prefix'])
  await sessions.get('middle', () => gradient(1))
  expect(sessions.names).toEqual(['prefix', 'middle'])
  await sessions.get('first', () => gradient(0))
  expect(sessions.names).toEqual(['first'])
  await expect(sessions.get('none', () => gradient(7))).rejects.toMatchObject({ code: 'graph/no-target' })
  const broken = new GraphSessions({ dir: home })
  await expect(broken.get('x', () => gradient(2))).rejects.toMatchObject({ code: 'graph/refused' })
  expect(broken.names).toEqual([])
})
