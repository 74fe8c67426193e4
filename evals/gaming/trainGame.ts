import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { digestOf, digestText } from '../../kernel/index.ts'
import { prepareRun, retrain, type Engine, type Recipe } from '../../models/index.ts'
import { cacheFolder } from '../../provision/index.ts'
import type { Coalition, Effects, Game } from './Game.ts'
import type { GameSample } from './GameSample.ts'
import type { WindowSample } from '../attribution/windowSample.ts'

export type Market = { engine: Engine; recipe: Recipe; queries: readonly GameSample[]; say: (line: string) => void }
type TrainedGame = { effects: Effects; lossNats: readonly number[]; theta: Float32Array }

/** Trainings that go step by step together. */
const together = 8

type Kept = { all?: number[]; losses: Record<string, number[]> }

/**
 * Trains a game for real, with everybody and without each of its coalitions, and reads every query's loss.
 *
 *   effect[coalition][query] = loss(query | trained without it) - loss(query | trained with all)
 *
 * Kept in the user's cache after every 8 trainings, under the digest of base, recipe, windows and queries: what was trained is
 * not trained again, also by another game of the same samples. Cost: 1.1 s of one core a training of 144 samples.
 */
export async function trainGame({ id, samples, coalitions }: Game, market: Market): Promise<TrainedGame> {
  const { engine, recipe, queries, say } = market
  const windows = samples.map(({ window }, i) => ({ ...window, id: digestText(`${i} ${window.id}`) }))
  const asked = queries.map(({ window }) => window)
  const key = digestOf([
    'tributary/game/1',
    engine.base.digest,
    recipe,
    windows.map((w) => w.id),
    asked.map((w) => w.id),
  ])
  const folder = join(cacheFolder(), 'evals', 'gaming')
  const file = join(folder, `${key.slice(2, 26)}.json`)
  const thetaFile = join(folder, `${key.slice(2, 26)}.theta`)
  mkdirSync(folder, { recursive: true })
  const kept: Kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Kept) : { losses: {} }
  const keyOf = ({ out }: Coalition): string => digestOf(out.toSorted((a, b) => a - b)).slice(2, 18)
  const wanted: (Coalition | undefined)[] = [
    ...(kept.all ? [] : [undefined]),
    ...coalitions.filter((one, i) => kept.losses[keyOf(one)] === undefined && firstOf(coalitions, one, keyOf) === i),
  ]
  for (let at = 0; at < wanted.length; at += together) {
    const part = wanted.slice(at, at + together)
    const started = performance.now()
    const trained = await trainTogether({ engine, recipe, windows, asked, part })
    for (const [i, coalition] of part.entries()) {
      if (coalition) kept.losses[keyOf(coalition)] = trained[i]!.losses
      else {
        kept.all = trained[i]!.losses
        writeFileSync(thetaFile, trained[i]!.theta)
      }
    }
    writeFileSync(`${file}.new`, JSON.stringify(kept))
    renameSync(`${file}.new`, file)
    const seconds = (performance.now() - started) / 1000
    say(`${id}: ${Math.min(at + together, wanted.length)} of ${wanted.length} trainings, ${seconds.toFixed(0)} s`)
  }
  const bytes = readFileSync(thetaFile)
  return {
    lossNats: kept.all!,
    theta: new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)),
    effects: new Map(
      coalitions.map((one) => [one.label, kept.losses[keyOf(one)]!.map((loss, q) => loss - kept.all![q]!)] as const),
    ),
  }
}

function firstOf(all: readonly Coalition[], one: Coalition, keyOf: (one: Coalition) => string): number {
  return all.findIndex((other) => keyOf(other) === keyOf(one))
}

async function trainTogether({
  engine,
  recipe,
  windows,
  asked,
  part,
}: {
  engine: Engine
  recipe: Recipe
  windows: readonly WindowSample[]
  asked: readonly WindowSample[]
  part: readonly (Coalition | undefined)[]
}): Promise<{ losses: number[]; theta: Float32Array }[]> {
  const dir = mkdtempSync(join(tmpdir(), 'tributary-game-'))
  try {
    const groupOf = windows.map(() => 0)
    const run = await prepareRun({ engine, dir, recipe, samples: windows, heldOut: asked, groupOf })
    const weights = part.map((coalition) => {
      const own = new Float32Array(windows.length).fill(1)
      for (const i of coalition?.out ?? []) own[i] = 0
      return own
    })
    const { thetas } = await retrain(engine, run, weights)
    const places = asked.map((_, q) => windows.length + q)
    const hidden = await run.prefix.read(places)
    const found: { losses: number[]; theta: Float32Array }[] = []
    for (const theta of thetas) {
      const rows = places.map((place) => ({ row: run.rows[place]!, hidden: hidden.get(place)!, adapter: 0 }))
      found.push({ theta, losses: await engine.rowLosses(rows, [theta], run.layout) })
    }
    return found
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
