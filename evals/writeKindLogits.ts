/**
 *   node evals/writeKindLogits.ts
 *
 * Lets transformers compute the logits of the tiny models of models/engine/fixtures/kinds.json anew, and writes them there.
 * Needs Python as `npm run evals -- architectures` does.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tinyBase, type LlamaConfig } from '../models/index.ts'
import { Peer } from './peers/Peer.ts'
import { providePython } from './peers/provide.ts'

type Kind = { name: string; tied: boolean; config: Partial<LlamaConfig>; logits: number[] }

const file = join(import.meta.dirname, '../models/engine/fixtures/kinds.json')
const stored = JSON.parse(readFileSync(file, 'utf8')) as { seed: number; ids: number[]; kinds: Kind[] }
const command = await providePython((line) => process.stderr.write(`${line}\n`))
const script = join(import.meta.dirname, 'peers', 'architectures.py')
const peer = await Peer.start({ name: 'transformers', command, args: [script] })
const dir = mkdtempSync(join(tmpdir(), 'tributary-kinds-'))
try {
  for (const [i, kind] of stored.kinds.entries()) {
    const { tied, config } = kind
    const base = await tinyBase(join(dir, String(i)), { seed: stored.seed, tied, config })
    const logits = await peer.ask<number[][]>({ call: 'logits', folder: base.dir, ids: stored.ids })
    kind.logits = logits.at(-1)!.map((value) => Number(value.toFixed(6)))
  }
  writeFileSync(file, `${JSON.stringify({ ...stored, transformers: peer.versions['transformers'] })}\n`)
} finally {
  peer.close()
  rmSync(dir, { recursive: true, force: true })
}
