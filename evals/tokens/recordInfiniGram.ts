import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { digestText, type PayeeId } from '../../kernel/index.ts'
import { Peer } from '../peers/Peer.ts'
import { provideInfiniGram } from '../peers/provide.ts'
import { buildInfiniGram } from './buildInfiniGram.ts'
import type { PeerAnswer } from './PeerAnswer.ts'

/**
 * `node evals/tokens/recordInfiniGram.ts`: has infini-gram index the paragraphs of a page of ours as words, and records what it
 * answers, for the test of our reader: attribution/tokens/infiniGram/fixtures. Cost: seconds, once infini-gram is there.
 */
const root = join(import.meta.dirname, '../..')
const into = join(root, 'attribution/tokens/infiniGram/fixtures')
const words = new Map<string, number>()
// Every 37th id, so that both bytes of an id matter for the order.
const idsOf = (text: string): number[] =>
  (text.match(/\w+|[^\w\s]/g) ?? []).map((word) => {
    if (!words.has(word)) words.set(word, (37 + words.size * 37) % 60_000)
    return words.get(word)!
  })
const paragraphs = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
  .split(/\n\s*\n/)
  .slice(0, 30)
  .map(idsOf)
const documents = paragraphs.map((symbols, i) => {
  const sample = digestText(`paragraph ${i}`)
  return { symbols, sample, payee: 'git:us' as PayeeId, cluster: sample }
})
const queries = paragraphs.slice(0, -3).map((paragraph, i) => {
  return [...paragraph.slice(0, 9), ...paragraphs[i + 3]!.slice(4, 20), ...idsOf('nobody wrote this')]
})

const work = mkdtempSync(join(tmpdir(), 'tributary-tokens-'))
const python = await provideInfiniGram(console.error)
const { dir } = await buildInfiniGram(python, work, documents, { cores: 1 })
const peer = await Peer.start({
  name: 'infini-gram',
  command: python,
  args: [join(root, 'evals/peers/infinigram/attribute.py')],
})
await peer.ask({ open: dir, dtype: 'u16', vocabulary: 65_535 })
const answers = []
for (const ids of queries) answers.push({ ids, spans: (await peer.ask<PeerAnswer>({ ids })).spans })
peer.close()
mkdirSync(into, { recursive: true })
for (const name of ['tokenized.0', 'table.0', 'offset.0'])
  writeFileSync(join(into, name), readFileSync(join(dir, name)))
writeFileSync(join(into, 'answers.json'), `${JSON.stringify({ paragraphs, answers })}\n`)
rmSync(work, { recursive: true })
