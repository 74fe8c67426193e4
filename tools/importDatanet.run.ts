import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Chain } from '../chain/index.ts'
import {
  commitBatch,
  fromPackages,
  importCorpus,
  readDefaultPackages,
  sampleSubset,
  signImportBatch,
  type ImportedSample,
} from '../datanets/index.ts'
import type { Address, Digest } from '../kernel/index.ts'
import { addContributions, listContributions, openDatanet } from '../store/index.ts'
import type { importDatanet } from './importDatanet.ts'
import { postBatches } from './postBatches.ts'
import type { Run } from './runTool.ts'

/**
 * Commit first, reveal after: salted commitments of all new samples go on chain under one root, signed by the steward,
 * before any text is used. Importing the same corpus again adds nothing and returns the batch it came in with.
 */
export const run: Run<typeof importDatanet> = async ({ datanet, from, packages, licence, limit, seed }, ctx) => {
  const { store, chain, keys, now, call } = ctx
  call.heartbeat?.({ step: 'reading the corpus', done: 0, of: 3 })
  const { samples } = await read({ datanet, from, packages, licence }, chain)
  const chosen = limit === undefined ? samples : subset(samples, limit, seed)
  await openDatanet(store, { id: datanet, title: datanet, atMs: now() })
  const known = new Set((await listContributions(store, { datanet })).map(({ sample }) => sample))
  const fresh = chosen.filter(({ sample }) => !known.has(sample.id))
  call.heartbeat?.({ step: 'committing', done: 1, of: 3, note: `${fresh.length} samples` })
  if (fresh.length > 0) {
    const secret = `0x${randomBytes(32).toString('hex')}` as Digest
    const ownSalts = new Map(fresh.flatMap(({ sample, salt }) => (salt ? [[sample.id, salt] as const] : [])))
    const { root, commitments, salts } = commitBatch(
      fresh.map(({ sample }) => sample),
      { secret, ownSalts },
    )
    const importedBy = keys.steward.address as Address
    const scope = scopeOf(chain)
    const batchSignature = await signImportBatch(
      keys.steward,
      { datanet, root, count: fresh.length, importedBy },
      scope,
    )
    const items = fresh.map(({ sample, signature }, i) => ({
      sample,
      salt: salts[i] as Digest,
      commitment: commitments[i] as Digest,
      ...(signature === undefined ? { importedBy, signature: batchSignature } : { signature }),
    }))
    await addContributions(store, { datanet, batchRoot: root, items })
  }
  const contributions = await postBatches(ctx, datanet)
  call.heartbeat?.({ step: 'committed and revealed', done: 3, of: 3 })
  const { batchRoot, batchTx } = contributions.at(-1) as (typeof contributions)[number]
  return {
    datanet,
    samples: contributions.length,
    contributors: new Set(contributions.map(({ payee }) => payee)).size,
    batchRoot,
    transaction: batchTx ?? '',
  }
}

async function read(
  {
    datanet,
    from,
    packages,
    licence,
  }: { datanet: string; from: string | undefined; packages: string | undefined; licence: string | undefined },
  chain: Chain,
): Promise<{ samples: ImportedSample[] }> {
  if (from !== undefined)
    return importCorpus(from, { datanet, scope: scopeOf(chain), ...(licence === undefined ? {} : { licence }) })
  if (packages !== undefined) return fromPackages({ nodeModules: join(packages, 'node_modules') })
  const ours = fileURLToPath(new URL('../node_modules', import.meta.url))
  return fromPackages({ nodeModules: ours, list: await readDefaultPackages() })
}

/** Signatures are bound to this chain and this registry. */
function scopeOf({ chainId, contracts }: Chain) {
  return { chainId, registry: contracts.datanetRegistry }
}

function subset(samples: ImportedSample[], n: number, seed: number): ImportedSample[] {
  const chosen = new Set(
    sampleSubset({ samples: samples.map(({ sample }) => sample), n, seed: `import/${seed}`, minPayees: 50 }).map(
      ({ id }) => id,
    ),
  )
  return samples.filter(({ sample }) => chosen.has(sample.id))
}
