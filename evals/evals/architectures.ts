import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { digestText } from '../../kernel/index.ts'
import {
  adapterLayout,
  allTargets,
  createEngine,
  initialAdapter,
  prepareBase,
  writePeft,
  type AdapterLayout,
  type BaseModel,
} from '../../models/index.ts'
import { Peer } from '../peers/Peer.ts'
import { providePython } from '../peers/provide.ts'
import type { Row } from '../renderTable.ts'
import type { TableOptions } from '../runTable.ts'
import { chats, texts } from './architectures/texts.ts'

type Judged = { loss: number; logits: number[][]; gradients: Record<string, number[]> }
type Tokens = { encoded: number[][]; decoded: string[]; chats: number[][] }
type Found = { logprob: number; loss: number; gradient: number; tokens: number; of: number }

const goal = 1e-4

/**
 * Tiny random checkpoints of each kind of model, written by transformers (shards, bf16, f16, its own tokenizers), loaded
 * by us as they are. Judged by transformers in float32: log-probabilities of answers, their loss, the gradient of LoRA on
 * all seven projections (through peft), and tokens of texts and chats. Needs Python: TRIBUTARY_PYTHON, else a venv is
 * made in the cache. Throws evals/python, evals/peer.
 */
export async function run({ seed, say }: TableOptions): Promise<{ rows: Row[]; versions: Record<string, string> }> {
  const command = await providePython(say)
  const script = join(import.meta.dirname, '..', 'peers', 'architectures.py')
  const peer = await Peer.start({ name: 'transformers', command, args: [script] })
  const dir = mkdtempSync(join(tmpdir(), 'tributary-architectures-'))
  try {
    const rows: Row[] = []
    for (const [i, kind] of (await peer.ask<string[]>({ call: 'kinds' })).entries()) {
      const folder = join(dir, String(i))
      await peer.ask({ call: 'make', kind, folder, seed: seed + i, texts })
      const base = await prepareBase({ file: folder, into: join(dir, `${i}.base`), name: kind })
      const found = await compare(base, { peer, folder, adapterDir: join(dir, `${i}.adapter`), seed })
      say(
        `${kind}: ${found.logprob.toExponential(1)}, ${found.gradient.toExponential(1)}, ${found.tokens} of ${found.of}`,
      )
      rows.push(...rowsOf(kind, found))
    }
    return { rows, versions: { ...peer.versions } }
  } finally {
    peer.close()
    rmSync(dir, { recursive: true, force: true })
  }
}

type Judge = { peer: Peer; folder: string; adapterDir: string; seed: number }

async function compare(base: BaseModel, { peer, folder, adapterDir, seed }: Judge): Promise<Found> {
  const layout = adapterLayout(base.config, { rank: 2, targets: allTargets })
  const engine = await createEngine({ base, layout, threads: 1, rows: 1 })
  try {
    const adapter = initialAdapter(layout, seed)
    // B starts at zero: moved, so that both factors have a gradient and the answer depends on them.
    for (let at = 0; at < adapter.theta.length; at++) adapter.theta[at]! += 0.05 * Math.sin(at + seed)
    const digest = digestText(base.name)
    await engine.addAdapter(digest, adapter)
    await writePeft(adapter, adapterDir, { baseName: base.name })
    const promptIds = base.tokenizer.encodeChat(chats[0]!, { addGenerationPrompt: true }).slice(0, 40)
    const { ids, logprobs = [] } = await engine.generate({ promptIds, adapter: digest, maxTokens: 12, topLogprobs: 20 })
    const judged = await peer.ask<Judged>({
      call: 'gradient',
      folder,
      adapter: adapterDir,
      prompt: promptIds,
      answer: ids,
    })
    const { lossNats, gradient } = await engine.answerGradient({ promptIds, answerIds: ids, adapter: digest })
    const tokens = await peer.ask<Tokens>({ call: 'tokens', folder, texts, chats })
    const { tokenizer } = base
    const same = [
      ...texts.map((text, i) => String(tokenizer.encode(text)) === String(tokens.encoded[i])),
      ...tokens.encoded.map((encoded, i) => tokenizer.decode(encoded) === tokens.decoded[i]),
      ...chats.map(
        (chat, i) => String(tokenizer.encodeChat(chat, { addGenerationPrompt: true })) === String(tokens.chats[i]),
      ),
    ]
    return {
      logprob: Math.max(
        ...logprobs.map(({ logprob, top_logprobs: top }, i) => {
          const wanted = logSoftmax(judged.logits[promptIds.length - 1 + i]!)
          const largest = wanted.toSorted((a, b) => b - a)
          const far = top.map((likely, j) => Math.abs(likely.logprob - largest[j]!))
          return Math.max(Math.abs(logprob - wanted[ids[i]!]!), ...far)
        }),
      ),
      loss: Math.abs(lossNats - judged.loss),
      gradient: distance(gradient, thetaOrder(layout, judged.gradients)),
      tokens: same.filter(Boolean).length,
      of: same.length,
    }
  } finally {
    await engine.close()
  }
}

function rowsOf(kind: string, { logprob, loss, gradient, tokens, of }: Found): Row[] {
  const near = (what: string, value: number, unit: string): Row => ({
    figure: `${kind}: ${what}`,
    value,
    unit,
    peer: 'transformers',
    goal: '<= 1e-4',
    met: value <= goal,
  })
  return [
    near('log-probabilities of an answer, largest difference', logprob, 'nats'),
    near('loss of the answer, difference', loss, 'nats'),
    near('gradient of LoRA, largest difference over largest element', gradient, ''),
    {
      figure: `${kind}: texts and chats with the same tokens`,
      value: tokens,
      unit: `of ${of}`,
      peer: 'transformers',
      goal: `= ${of}`,
      met: tokens === of,
    },
  ]
}

/** peft keeps A as [rank, in] and B as [out, rank]; theta has both the other way round. */
function thetaOrder(layout: AdapterLayout, gradients: Record<string, number[]>): Float64Array {
  const theta = new Float64Array(layout.length)
  for (const { layer, target, rank, A, B, ...size } of layout.modules) {
    for (const [factor, at, rows, columns] of [
      ['A', A, size.in, rank],
      ['B', B, rank, size.out],
    ] as const) {
      const end = `layers.${layer}.${/gate|up|down/.test(target) ? 'mlp' : 'self_attn'}.${target}.lora_${factor}.weight`
      const [, values] = Object.entries(gradients).find(([name]) => name.endsWith(end))!
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++) theta[at + i * columns + j] = values[j * rows + i]!
    }
  }
  return theta
}

function distance(found: Float32Array, wanted: Float64Array): number {
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return found.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i]!)), 0) / largest
}

function logSoftmax(row: readonly number[]): number[] {
  const most = Math.max(...row)
  const total = Math.log(row.reduce((sum, value) => sum + Math.exp(value - most), 0)) + most
  return row.map((value) => value - total)
}
