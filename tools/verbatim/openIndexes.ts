import { openIndex, type Alphabet, type TokenIndex } from '../../attribution/index.ts'
import { TributaryError, type Digest } from '../../kernel/index.ts'
import { listDatanets, type Home } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import type { DatanetIndex } from './composeTrace.ts'
import { indexFolder, manifestOf } from './indexFolder.ts'

type Opened = { manifest: string; index: Promise<TokenIndex> }

// What a home has open: shards are in memory once, until their manifest changes.
const open = new WeakMap<Home, Map<string, Opened>>()

/** The index of a Datanet as it is now. Throws what openIndex throws. */
async function current(
  ctx: Pick<ToolContext, 'home' | 'engine'>,
  datanet: string,
  alphabet: Alphabet,
): Promise<TokenIndex> {
  const { home } = ctx
  const known = open.get(home) ?? new Map<string, Opened>()
  open.set(home, known)
  const dir = indexFolder(ctx, datanet, alphabet)
  const manifest = manifestOf(ctx, datanet, alphabet) ?? ''
  const held = known.get(dir)
  if (held?.manifest === manifest) return held.index
  // Ids of another tokenizer would be other words.
  const index = openIndex({ dir, ...(alphabet === 'tokens' ? { tokenizer: ctx.engine.base.tokenizerDigest } : {}) })
  known.set(dir, { manifest, index })
  index.catch(() => known.delete(dir))
  return index
}

/**
 * The indexes to ask about a text: of one Datanet or of all that have one; over tokens where `tokenizer` is that of this home, else
 * over bytes. Throws attribution/no-index, and what openIndex throws.
 */
export async function openIndexes(
  ctx: Pick<ToolContext, 'home' | 'store' | 'engine'>,
  { datanet, tokenizer }: { datanet?: string | undefined; tokenizer?: Digest | undefined },
): Promise<DatanetIndex[]> {
  const names = datanet === undefined ? (await listDatanets(ctx.store, {})).map(({ id }) => id) : [datanet]
  const isOurs = tokenizer === ctx.engine.base.tokenizerDigest
  const overTokens = isOurs ? names.filter((name) => manifestOf(ctx, name, 'tokens') !== undefined) : []
  const alphabet: Alphabet = overTokens.length > 0 ? 'tokens' : 'bytes'
  const indexed = names.filter((name) => manifestOf(ctx, name, alphabet) !== undefined)
  if (indexed.length === 0) {
    throw new TributaryError('No Datanet that could be asked is indexed.', {
      code: 'attribution/no-index',
      facts: { datanets: names },
      tryThis: 'index it first: tributary tools index-datanet --datanet NAME',
    })
  }
  return Promise.all(indexed.map(async (name) => ({ datanet: name, index: await current(ctx, name, alphabet) })))
}
