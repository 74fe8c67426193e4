import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { digestText } from '../../../kernel/index.ts'
import { createEngine, recipeLayout, tinyBase, type BaseModel, type Engine, type Recipe } from '../../index.ts'

/** What recipes for the tiny base have in common. */
export const tinyFields = { rank: 2, alpha: 4, lastBlocks: 2, maxLength: 64, maxLabels: 12 }

/** Short texts of three prompts and four lengths. */
export function tinySamples(count: number) {
  return Array.from({ length: count }, (_, i) => ({
    id: digestText(`sample ${i}`),
    prompt: `word ${i % 3}`,
    completion: `the answer ${'ab'.repeat(1 + (i % 4))}`,
  }))
}

/** A text that no sample is. */
export const tinyHeldOut = [{ id: digestText('held out'), prompt: 'word 7', completion: 'the answer abab' }]

export type TinyTraining = { home: string; base: BaseModel; engine: Engine; close: () => Promise<void> }

/** A folder with the tiny base, and an engine on one thread for adapters of the recipe's layout. */
export async function openTinyTraining(recipe: Recipe): Promise<TinyTraining> {
  const home = mkdtempSync(join(tmpdir(), 'training-'))
  const base = await tinyBase(home)
  const engine = await createEngine({ base, layout: recipeLayout(recipe, base.config), threads: 1 })
  const close = async () => {
    await engine.close()
    rmSync(home, { recursive: true, force: true })
  }
  return { home, base, engine, close }
}
