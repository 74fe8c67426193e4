import { concretePart } from '../concrete/concretePart.ts'
import { languageRows } from '../attribution/languageRows.ts'
import { openProtocolEngine } from '../attribution/openProtocol.ts'
import { packingRows } from '../attribution/packingRows.ts'
import { peerRows } from '../attribution/peerRows.ts'
import { pretrainedRows } from '../attribution/pretrainedRows.ts'
import { recipeRows } from '../attribution/recipeRows.ts'
import { seedRows } from '../attribution/seedRows.ts'
import { studyLanguage, type LanguageStudy } from '../attribution/studyLanguage.ts'
import type { Row } from '../renderTable.ts'
import type { TableOptions } from '../runTable.ts'

const dataSeeds = [1, 2]

export const parts = ['language', 'seeds', 'packing', 'recipes', 'smollm2', 'peers', 'concrete']

/**
 * Proof of Attribution judged by real retraining: how well each method predicts what removing samples, or a payee, does to
 * the loss of an answer. What is retrained is kept in the user's cache, mask by mask: a run that was killed goes on.
 * Needs TRIBUTARY_DATA. Cost the first time: 20 CPU-minutes for `language`, 1 for `seeds`, 12 for `smollm2`;
 * `peers`, dattri and kronfluence on the same model, 5 after `language`; `concrete`, a regression task beside them, 7.
 */
export async function run({
  seed,
  say,
  only = parts,
}: TableOptions): Promise<{ rows: Row[]; versions: Record<string, string> }> {
  const rows = await languageModelRows({ seed, say, only })
  if (only.includes('smollm2')) {
    rows.push(...(await pretrainedRows(say, seed)).map((row) => ({ ...row, part: 'smollm2' })))
  }
  const versions: Record<string, string> = {}
  if (only.includes('concrete')) {
    const concrete = await concretePart(seed, say)
    rows.push(...concrete.rows.map((row) => ({ ...row, part: 'concrete' })))
    Object.assign(versions, concrete.versions)
  }
  if (only.includes('peers')) {
    const engine = await openProtocolEngine(say)
    try {
      const peers = await peerRows(engine, { dataSeeds, seed, say })
      rows.push(...peers.rows.map((row) => ({ ...row, part: 'peers' })))
      Object.assign(versions, peers.versions)
    } finally {
      await engine.close()
    }
  }
  return { rows, versions }
}

async function languageModelRows({ seed, say, only }: Required<TableOptions>): Promise<Row[]> {
  if (!['language', 'seeds', 'packing', 'recipes'].some((part) => only.includes(part))) return []
  const engine = await openProtocolEngine(say)
  try {
    const rows: Row[] = []
    if (only.includes('language')) {
      const found: LanguageStudy[] = []
      for (const dataSeed of dataSeeds) found.push(await studyLanguage(engine, { dataSeed, say }))
      rows.push(...languageRows(found, seed).map((row) => ({ ...row, part: 'language' })))
    }
    if (only.includes('seeds')) {
      rows.push(...(await seedRows(engine, say)).map((row) => ({ ...row, part: 'seeds' })))
    }
    if (only.includes('packing')) {
      rows.push(...(await packingRows(engine, { dataSeeds, say })).map((row) => ({ ...row, part: 'packing' })))
    }
    if (only.includes('recipes')) {
      rows.push(...(await recipeRows(engine, say)).map((row) => ({ ...row, part: 'recipes' })))
    }
    return rows
  } finally {
    await engine.close()
  }
}
