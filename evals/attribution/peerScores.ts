import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TributaryError } from '../../kernel/index.ts'
import { writePeft } from '../../models/index.ts'
import { keepPiece } from '../keepPiece.ts'
import { Peer } from '../peers/Peer.ts'
import { providePython } from '../peers/provide.ts'
import type { Protocol } from './openProtocol.ts'
import { queryLosses } from './queryLosses.ts'

const dampings = [null, 1e-8, 1e-5, 1e-4, 1e-3, 1e-2]
const regularizations = [1e-3, 1e-2, 0.1, 1]

/** Methods of dattri and kronfluence that load the language model with its adapter, with the settings that are tried. */
const requests = {
  'kronfluence EK-FAC': { package: 'kronfluence', strategies: ['ekfac'], dampings, empirical: false },
  'dattri CG': { package: 'dattri', method: 'cg', regularizations, max_iter: 20 },
  'dattri DataInf': { package: 'dattri', method: 'datainf', regularizations },
} as const

/** Families of methods whose settings are tried: only the best of each stands in a table. */
export const peerFamilies = Object.keys(requests)

/** A peer whose losses are others than ours computes another model. */
const tolerance = 1e-4

type Answer = { scores: Record<string, number[][]>; cpuSeconds: number }

/**
 * Scores [queries][N] by the peers, by `family setting`: positive = helped, as ours. They open the base through transformers
 * and the adapter through peft, and what they call the loss of each query must be ours. Kept in the user's cache.
 * Cost: 2 CPU-minutes at 144 samples. Throws evals/python, evals/peer, evals/other-model.
 */
export async function peerScores(
  protocol: Protocol,
  theta: Float32Array,
  say: (line: string) => void,
): Promise<{ scores: Map<string, Float64Array[]>; versions: Record<string, string> }> {
  const { engine, run } = protocol
  const scratch = mkdtempSync(join(tmpdir(), 'tributary-peers-'))
  const script = join(import.meta.dirname, '../peers/attribution.py')
  const peer = await Peer.start({ name: 'attribution', command: await providePython(say), args: [script] })
  try {
    const adapter = join(scratch, 'adapter')
    await writePeft({ layout: run.layout, theta }, adapter, { baseName: engine.base.name })
    const rows = run.rows.map(({ ids, labels }) => ({ ids: Array.from(ids), labels: Array.from(labels) }))
    const samples = run.plan.samples.length
    const queries = rows.slice(samples, samples + run.plan.heldOut.length)
    const problem = { op: 'language', base: engine.base.dir, adapter, train: rows.slice(0, samples), queries }
    const versions = await peer.ask<Record<string, string>>(problem)
    const { lossesNats } = await peer.ask<{ lossesNats: number[] }>({ op: 'losses' })
    const [ours] = await queryLosses(protocol, [theta])
    const gap = Math.max(...lossesNats.map((loss, q) => Math.abs(loss - ours![q]!)))
    if (!(gap <= tolerance)) {
      throw new TributaryError('The peers compute another model.', {
        code: 'evals/other-model',
        facts: { largestDifferenceNats: gap, tolerance },
        tryThis: 'compare evals/peers/attribution/language.py with the adapter that it opens',
      })
    }
    const scores = new Map<string, Float64Array[]>()
    for (const [family, own] of Object.entries(requests)) {
      const asked = { op: 'scores', queries: queries.map((_, q) => q), ...own }
      const key = { run: run.digest, versions, asked }
      const found = await keepPiece(key, () => peer.ask<Answer>(asked))
      for (const [setting, values] of Object.entries(found.scores)) {
        scores.set(
          `${family} ${setting}`,
          values.map((row) => Float64Array.from(row)),
        )
      }
      say(`scored by ${family}, ${found.cpuSeconds.toFixed(0)} CPU-s`)
    }
    return { scores, versions: { ...peer.versions, ...versions } }
  } finally {
    peer.close()
    rmSync(scratch, { recursive: true, force: true })
  }
}
