/**
 *   node evals/makePeftFixtures.ts
 *
 * Makes models/adapters/fixtures anew: adapters of a tiny model by the peft package, and what it computes with them and
 * with adapters of ours (logits after the last token, a loss). Needs the Python of the peers (see peers/provide.ts).
 * The tests of models/adapters compare with these files.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { adapterLayout, initialAdapter, tinyBase, writePeft } from '../models/index.ts'
import { floatTensors } from './peft/floatTensors.ts'
import { adapterCases } from './peft/adapterCases.ts'
import { Peer } from './peers/Peer.ts'
import { providePython } from './peers/provide.ts'

const fixtures = join(import.meta.dirname, '../models/adapters/fixtures')
const scratch = mkdtempSync(join(tmpdir(), 'peft-fixtures-'))
const model = {
  seed: 11,
  config: {
    hidden_size: 16,
    num_attention_heads: 2,
    num_key_value_heads: 1,
    head_dim: 16,
    intermediate_size: 24,
    num_hidden_layers: 3,
  },
}
const base = await tinyBase(scratch, model)
const command = await providePython((line) => process.stderr.write(`${line}\n`))
const args = [join(import.meta.dirname, 'peers/adapters.py'), base.dir]
// peft keeps target_modules as a set: the same order each time.
const peft = await Peer.start({ name: 'peft', command, args, env: { PYTHONHASHSEED: '0' } })
const [prompt, answer] = [
  [7, 99, 3, 250, 18, 64, 201, 5],
  [33, 120, 9, 77],
]

async function judged(folder: string): Promise<{ logits: number[]; lossNats: number }> {
  const file = join(scratch, 'out.safetensors')
  await peft.ask({ op: 'logits', folder, ids: prompt, file })
  const logits = floatTensors(file)['logits']!.slice(-base.config.vocab_size)
  const { lossNats } = await peft.ask<{ lossNats: number }>({ op: 'gradient', folder, prompt, answer, file })
  return { logits: Array.from(logits, (value) => Number(value.toPrecision(7))), lossNats }
}

const { byPeft, byUs } = adapterCases(base.config.num_hidden_layers)
const expected = {
  versions: peft.versions,
  model,
  base: base.digest,
  prompt,
  answer,
  byPeft: {} as object,
  byUs: {} as object,
}
for (const [i, { name, ...made }] of byPeft.entries()) {
  const folder = join(fixtures, name)
  await peft.ask({ op: 'make', folder, seed: i, spread: 0.3, ...made })
  rmSync(join(folder, 'README.md'), { force: true })
  Object.assign(expected.byPeft, { [name]: await judged(folder) })
}
for (const { name, layout } of byUs) {
  const folder = join(fixtures, `ours-${name}`)
  const adapter = initialAdapter(adapterLayout(base.config, layout), 4)
  const theta = adapter.theta.map((value, i) => value + 0.2 * Math.sin(i))
  const { digest } = await writePeft({ ...adapter, theta }, folder, { baseName: 'base' })
  Object.assign(expected.byUs, { [name]: { layout, digest, ...(await judged(folder)) } })
}
const dora = join(fixtures, 'dora')
await peft.ask({
  op: 'make',
  folder: dora,
  seed: 1,
  spread: 0.3,
  lora: { r: 1, target_modules: ['k_proj'], use_dora: true },
})
rmSync(join(dora, 'README.md'), { force: true })
peft.close()
writeFileSync(join(fixtures, 'expected.json'), `${JSON.stringify(expected)}\n`)
rmSync(scratch, { recursive: true })
process.stdout.write(
  `${byPeft.length} adapters by peft, ${byUs.length} of ours; ${readFileSync(join(fixtures, 'expected.json')).length} bytes\n`,
)
