import { indexInMemory, type TokenIndex } from '../../attribution/index.ts'
import { sampleId } from '../../datanets/index.ts'
import { digestOf, digestRoot, findError, TributaryError, type Digest } from '../../kernel/index.ts'
import { listSamples, sampleStates, type DatanetVersion, type Home } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { openIndexes } from './openIndexes.ts'
import { symbolsOf } from './symbolsOf.ts'
import { textOf } from './textOf.ts'

type Version = Pick<DatanetVersion, 'datanet' | 'number'>

/** An index over bytes of just the samples of a version that have their texts, and the root over their ids. */
export type VersionIndex = { index: TokenIndex; documents: Digest }

/** Root over the ids of samples: of a whole version it is the version's own, which is on chain. */
export function documentsRoot(ids: readonly Digest[]): Digest {
  return ids.length > 0 ? digestRoot(ids.toSorted()) : digestOf('tributary/no-documents/1')
}

type Built = { documents: Digest; found: Promise<VersionIndex> }

// What a process built, by version; and the roots over documents that indexes of the home were found to hold.
const built = new WeakMap<Home, Map<string, Built>>()
const held = new WeakMap<TokenIndex, Digest>()
const mostBuilt = 2

/**
 * The index to ask about answers of a version: that of the home where it holds just these samples, else one that is built in memory from
 * the texts in the store, as after another version was published. `fresh`: built in any case, by one who trusts no file of an
 * index; each text is compared with its sample's id. Cost: one query of the version's ids; a build at first (about .4 s for 2 MB).
 * Throws store/sample-damaged.
 */
export async function indexOfVersion(
  ctx: Pick<ToolContext, 'store' | 'home' | 'engine' | 'call' | 'log'>,
  version: Version,
  { fresh = false }: { fresh?: boolean } = {},
): Promise<VersionIndex> {
  const states = await sampleStates(ctx.store, version)
  const ids = states.flatMap(({ id, erasedAtMs }) => (erasedAtMs === null ? [id] : []))
  const documents = documentsRoot(ids)
  const ofHome = fresh ? undefined : await currentIndex(ctx, version)
  if (ofHome !== undefined && holds(ofHome, ids, documents)) return { index: ofHome, documents }
  const known = built.get(ctx.home) ?? new Map<string, Built>()
  built.set(ctx.home, known)
  // One a version: what it held before a takedown goes.
  const key = `${version.datanet} ${version.number}`
  const before = known.get(key)
  const found = before?.documents === documents ? before.found : buildFrom(ctx, version, ids)
  known.delete(key)
  known.set(key, { documents, found })
  for (const other of known.keys()) if (known.size > mostBuilt) known.delete(other)
  found.catch(() => known.delete(key))
  return found
}

/** Undefined where there is none, or one that is damaged: the texts are in the store, and nobody has to wait for a repair. */
async function currentIndex(
  ctx: Pick<ToolContext, 'store' | 'home' | 'engine' | 'log'>,
  { datanet }: Version,
): Promise<TokenIndex | undefined> {
  try {
    return (await openIndexes(ctx, { datanet }))[0]?.index
  } catch (failure) {
    const code = findError(failure)?.code
    if (!code?.startsWith('attribution/')) throw failure
    if (code !== 'attribution/no-index')
      ctx.log.warn({ err: failure, datanet }, 'the index of this home cannot be asked')
    return undefined
  }
}

/** As many documents, and each of these among them. */
function holds(index: TokenIndex, ids: readonly Digest[], documents: Digest): boolean {
  if (held.get(index) === documents) return true
  const isSame = index.documents === ids.length && ids.every((id) => index.factsOf(id) !== undefined)
  if (isSame) held.set(index, documents)
  return isSame
}

async function buildFrom(
  { store, engine, call }: Pick<ToolContext, 'store' | 'engine' | 'call'>,
  { datanet }: Version,
  ids: readonly Digest[],
): Promise<VersionIndex> {
  const wanted = new Set(ids)
  // What was taken down since the ids were read is not among them.
  const samples = (await listSamples(store, { datanet })).filter(({ id }) => wanted.has(id))
  function* documents() {
    for (const [done, sample] of samples.entries()) {
      const { id, payee } = sample
      if (sampleId(sample) !== id) throw damaged(id)
      if (done % 1_000 === 0) call.heartbeat?.({ step: 'reading the samples of the version', done, of: samples.length })
      yield {
        symbols: symbolsOf(textOf(sample), 'bytes', engine.base.tokenizer).symbols,
        sample: id,
        payee,
        cluster: id,
      }
    }
  }
  // Without the call's signal: others may wait for the same index.
  const index = await indexInMemory({ alphabet: 'bytes', documents: documents() })
  return { index, documents: documentsRoot(samples.map(({ id }) => id)) }
}

function damaged(sample: Digest): TributaryError {
  return new TributaryError('A stored sample is not the one that its id names.', {
    code: 'store/sample-damaged',
    facts: { sample },
    tryThis: 'restore the samples table from a backup',
  })
}
