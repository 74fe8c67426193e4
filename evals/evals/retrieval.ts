import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TributaryError } from '../../kernel/index.ts'
import { createEngine, prepareBase, recipeLayout, seededUniform } from '../../models/index.ts'
import { resolveBase } from '../../provision/index.ts'
import type { Row } from '../renderTable.ts'
import { accuracy } from '../retrieval/accuracy.ts'
import { holdOut } from '../retrieval/holdOut.ts'
import { readTexts } from '../retrieval/readTexts.ts'
import { retrievalRecipe, studyDatanet } from '../retrieval/studyDatanet.ts'
import type { TableOptions } from '../runTable.ts'

/** Datanets with more than one contributor whose texts are text. */
export const parts = [
  'technical-tldr',
  'gaming-chess-openings',
  'math-gsm8k-model-solutions',
  'technical-ethereum-eips',
  'finance-bc-docs',
  'legal-policies',
  'medical-medquad',
]

const sizes = { contributors: 10, samples: 120, queries: 40, fewestOfEach: 12 }
const paid = 'influence, damped Fisher'

/**
 * Who wrote a held-out text? A tenth of the documents of each Datanet is held out; each method names a contributor. Authorship
 * is a proxy: a text can teach most what somebody else asks, so where a search engine wins, it wins at authorship, and real
 * retraining (`attribution`) is the judge of influence. `npm run evals -- retrieval --data FOLDER`, folder of Datanets with
 * samples.jsonl. Cost: 4 CPU-minutes. Throws evals/data.
 */
export async function run({ seed, say, only = parts }: TableOptions): Promise<Row[]> {
  const folder = process.env['TRIBUTARY_DATA']
  if (!folder) {
    throw new TributaryError('The evaluation needs texts of Datanets.', {
      code: 'evals/data',
      tryThis: 'give --data a folder with <datanet>/samples.jsonl',
    })
  }
  const scratch = mkdtempSync(join(tmpdir(), 'tributary-retrieval-'))
  const source = await resolveBase()
  const base = await prepareBase({ file: source.path, into: join(scratch, 'base'), name: source.name })
  const engine = await createEngine({ base, layout: recipeLayout(retrievalRecipe, base.config), threads: 1 })
  const rows: Row[] = []
  try {
    for (const datanet of parts.filter((name) => only.includes(name))) {
      const held = holdOut(readTexts(folder, datanet), sizes, seed)
      const right = await studyDatanet(engine, held, (line) => say(`${datanet}: ${line}`))
      rows.push(...rowsOf(datanet, { right, contributors: held.contributors.length, seed }))
    }
  } finally {
    await engine.close()
    rmSync(scratch, { recursive: true, force: true })
  }
  return rows
}

type Judged = { right: Map<string, number[]>; contributors: number; seed: number }

function rowsOf(datanet: string, { right, contributors, seed }: Judged): Row[] {
  const found = [...right].map(([method, own]) => {
    return { method, ...accuracy(own, { uniform: seededUniform(`retrieval ${seed} ${datanet} ${method}`) }) }
  })
  const search = found.filter(({ method }) => !method.startsWith('influence'))
  const best = search.toSorted((a, b) => b.value - a.value)[0]!
  const texts = right.get(paid)!.length
  return found.map(({ method, value, low, high }) => {
    const row = {
      figure: `${datanet}: ${method}`,
      value,
      unit: `of ${texts} texts, ${contributors} contributors`,
      part: datanet,
    }
    const told = { ...row, goal: `interval 90 %: ${low.toFixed(2)} to ${high.toFixed(2)}` }
    if (method !== paid) return told
    const winner = best.value > value ? `; ${best.method} wins: authorship is a proxy` : ''
    return {
      ...told,
      goal: `${told.goal}${winner}`,
      peer: best.method,
      peerValue: best.value,
      ratio: value / best.value,
    }
  })
}
