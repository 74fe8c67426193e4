import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tinyBase } from '../../../models/index.ts'
import { resolveTemporal } from '../../../provision/index.ts'
import { writeCorpus } from './writeCorpus.ts'

export const checkout: string = fileURLToPath(new URL('../../../', import.meta.url))
const kept = join(checkout, 'node_modules', '.cache', 'tributary')

export type TinyHome = {
  dir: string
  corpus: string
  /** What a process needs to run in this home, on the tiny base. */
  env: Record<string, string>
  remove: () => void
}

/** A new home in a temporary folder, a corpus, and a base of 60,000 numbers: real in every part, done in seconds. */
export async function tinyHome(): Promise<TinyHome> {
  const base = await keptBase()
  const folder = mkdtempSync(join(tmpdir(), 'tributary-system-'))
  const dir = join(folder, 'home')
  const corpus = join(folder, 'pages.jsonl')
  writeCorpus(corpus)
  const env: Record<string, string> = {
    TRIBUTARY_HOME: dir,
    TRIBUTARY_BASE: base,
    TRIBUTARY_CACHE: join(kept, 'system'),
  }
  const temporal = resolveTemporal()
  if (temporal.kind === 'address') env['TEMPORAL_ADDRESS'] = temporal.address
  else env['TEMPORAL_CLI_PATH'] = temporal.path
  return { dir, corpus, env, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Kept between runs, with the bundle of the workflows: both are checked by their digests when they are opened. */
async function keptBase(): Promise<string> {
  const folder = join(kept, 'tiny-base')
  mkdirSync(folder, { recursive: true })
  // Five blocks: one frozen, four with adapters, as the recipe of the tour has it.
  if (!existsSync(join(folder, 'base', 'base.json'))) await tinyBase(folder, { config: { num_hidden_layers: 5 } })
  return join(folder, 'source')
}

export function operatorTokenOf({ dir }: TinyHome): string {
  return readFileSync(join(dir, 'keys', 'operator-token'), 'utf8').trim()
}
