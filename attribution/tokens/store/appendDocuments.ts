import { mkdir } from 'node:fs/promises'
import { digestText, TributaryError, type Digest } from '../../../kernel/index.ts'
import { gatherDocuments } from '../gatherDocuments.ts'
import type { Variant } from '../ShardInput.ts'
import type { Alphabet, TextDocument } from '../TokenIndex.ts'
import { commitFirst, currentManifest, rootOf } from './manifest.ts'
import { mostSymbols } from './mostSymbols.ts'
import { loadShard } from './shardFile.ts'
import { shardWriter } from './shardWriter.ts'
import { whileSteady } from './whileSteady.ts'
import { removeRetired } from './removeRetired.ts'
import { commitManifest } from './commitManifest.ts'
import type { WriteOptions } from './WriteOptions.ts'

export type BuildOptions = WriteOptions & {
  alphabet: Alphabet
  /** Of the tokenizer whose ids the documents hold; left out for bytes. */
  tokenizer?: Digest
  variant?: Variant
  documents: Iterable<TextDocument> | AsyncIterable<TextDocument>
}

export type Appended = { root: Digest; added: number; skipped: number }

/**
 * Builds an index, or goes on with a build that was cut: what is there already is skipped. Documents are taken as they come;
 * a folder holds the old or the new index whenever the process is killed.
 * Throws attribution/other-tokenizer where the folder holds an index of another kind, attribution/disk-full,
 * attribution/symbol-out-of-range, attribution/little-memory.
 */
export async function buildIndex({ alphabet, tokenizer, variant = 'plain', ...rest }: BuildOptions): Promise<Appended> {
  const kind = { alphabet, tokenizer: tokenizer ?? digestText(alphabet), variant }
  await mkdir(rest.dir, { recursive: true })
  await commitFirst(rest.dir, { format: 1, ...kind, shards: [], dead: null, retired: [] }, rest.onStep)
  const { manifest } = await currentManifest(rest.dir)
  if (manifest.alphabet !== alphabet || manifest.tokenizer !== kind.tokenizer || manifest.variant !== variant) {
    throw new TributaryError('This folder holds a token index of another kind.', {
      code: 'attribution/other-tokenizer',
      facts: { alphabet: manifest.alphabet, variant: manifest.variant, holds: manifest.tokenizer },
      tryThis: 'build it in another folder',
    })
  }
  return appendDocuments(rest)
}

/**
 * Adds documents as one small shard, or as many as memory asks for; each is in the index once it is written. A sample that
 * the index holds, or that was taken down and is not merged away yet, is skipped, so a call that was cut can be made again.
 */
export async function appendDocuments({
  documents,
  ...options
}: WriteOptions & Pick<BuildOptions, 'documents'>): Promise<Appended> {
  const { dir, memoryBytes, onStep } = options
  const { alphabet, tokenizer, variant } = (await currentManifest(dir)).manifest
  const held = await whileSteady(dir, ({ manifest }) =>
    samplesHeld(
      dir,
      manifest.shards.map(({ root }) => root),
    ),
  )
  let skipped = 0
  const fresh = async function* (): AsyncGenerator<TextDocument> {
    for await (const document of documents) {
      if (held.has(document.sample)) skipped++
      else yield document
      held.add(document.sample)
    }
  }
  const kind = { alphabet, tokenizer, variant, mostSymbols: mostSymbols(variant, memoryBytes) }
  const write = shardWriter(options)
  let added = 0
  for await (const input of gatherDocuments(fresh(), kind)) {
    const entry = await write(input)
    await commitManifest(dir, (now) => ({ ...now, shards: [...now.shards, entry] }), onStep)
    added += entry.documents
  }
  await removeRetired(dir, onStep)
  return { root: rootOf((await currentManifest(dir)).manifest), added, skipped }
}

async function samplesHeld(dir: string, roots: readonly Digest[]): Promise<Set<Digest>> {
  const held = new Set<Digest>()
  for (const root of roots) {
    const { documents } = (await loadShard(dir, root)).shard
    for (let i = 0; i < documents.length; i++) held.add(documents.sample(i))
  }
  return held
}
