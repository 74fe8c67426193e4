import { rm } from 'node:fs/promises'
import {
  buildIndex,
  openIndex,
  separatorOf,
  takeDown,
  type Alphabet,
  type TextDocument,
} from '../../attribution/index.ts'
import { findError, type Digest, type Sample } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'
import { indexFolder, manifestOf } from './indexFolder.ts'
import { symbolsOf } from './symbolsOf.ts'
import { textOf } from './textOf.ts'

export type SyncedIndex = {
  alphabet: Alphabet
  tokenizer: Digest
  root: Digest
  documents: number
  symbols: number
  added: number
  takenDown: number
}

/** Ids of an index are 16 bits, less one for what ends a document: larger vocabularies are traced over bytes alone. */
export function alphabetsOf({ engine }: Pick<ToolContext, 'engine'>): Alphabet[] {
  return engine.base.config.vocab_size <= separatorOf('tokens') ? ['tokens', 'bytes'] : ['bytes']
}

/**
 * Brings one index of a Datanet to hold just these samples: builds it, or appends what it lacks as a small shard and takes down
 * what it holds of `earlier` samples that are not among them any more. What it holds already is skipped, so that run again it changes nothing. To be called with the lease
 * on the Datanet's indexes. Cost: about a second a megabyte of new samples.
 */
export async function syncIndex(
  ctx: Pick<ToolContext, 'home' | 'engine' | 'call'>,
  {
    datanet,
    alphabet,
    samples,
    earlier,
  }: { datanet: string; alphabet: Alphabet; samples: readonly Sample[]; earlier: readonly Digest[] },
): Promise<SyncedIndex> {
  const { call } = ctx
  const { base } = ctx.engine
  const dir = indexFolder(ctx, datanet, alphabet)
  const documentOf = (sample: Sample): TextDocument => ({
    symbols: symbolsOf(textOf(sample), alphabet, base.tokenizer).symbols,
    sample: sample.id,
    payee: sample.payee,
    // What curation accepted is the first of its cluster.
    cluster: sample.id,
  })
  const ordered = samples.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const wanted = new Set(samples.map(({ id }) => id))
  const gone = earlier.filter((id) => !wanted.has(id))
  // Of another base's tokenizer it says nothing to this one. An index is made of samples, and can be made again.
  if (alphabet === 'tokens' && (await isOfOther(dir, base.tokenizerDigest))) await rm(dir, { recursive: true })
  const isThere = manifestOf(ctx, datanet, alphabet) !== undefined
  const takenDown = isThere && gone.length > 0 ? (await takeDown({ dir, samples: gone })).taken : 0
  const { added } = await buildIndex({
    dir,
    alphabet,
    ...(alphabet === 'tokens' ? { tokenizer: base.tokenizerDigest } : {}),
    documents: lazily(ordered, documentOf),
    ...(call.signal ? { signal: call.signal } : {}),
  })
  const index = await openIndex({ dir })
  const { tokenizer, root, documents, symbols } = index
  index.close()
  return { alphabet, tokenizer, root, documents, symbols, added, takenDown }
}

async function isOfOther(dir: string, tokenizer: Digest): Promise<boolean> {
  try {
    ;(await openIndex({ dir, tokenizer })).close()
    return false
  } catch (failure) {
    // What is damaged is told by what writes to it.
    return findError(failure)?.code === 'attribution/other-tokenizer'
  }
}

/** One document at a time is in memory as symbols. */
function* lazily<A, B>(items: readonly A[], of: (item: A) => B): Generator<B> {
  for (const item of items) yield of(item)
}
