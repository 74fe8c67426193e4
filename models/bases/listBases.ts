import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf, TributaryError, type Digest } from '../../kernel/index.ts'
import { baseFiles, baseManifestSchema } from '../load/baseManifest.ts'
import { readSafetensors } from '../load/readSafetensors.ts'

/** A base folder as its manifest says; openBase compares it with the files. */
export type ListedBase = { digest: Digest; name: string; dir: string; parameters: number }

/** The bases in a folder of base folders, by name; what is none is passed over. Reads manifests and headers. */
export async function listBases(folder: string): Promise<ListedBase[]> {
  const names = await readdir(folder).catch(() => [])
  const listed = await Promise.all(names.map((name) => readListed(join(folder, name))))
  return listed
    .flatMap((base) => base ?? [])
    .toSorted((a, b) => a.name.localeCompare(b.name) || (a.digest < b.digest ? -1 : 1))
}

async function readListed(dir: string): Promise<ListedBase | undefined> {
  try {
    const text = await readFile(join(dir, baseFiles.manifest), 'utf8')
    const { weights, config, tokenizer, tokenizerConfig, name } = baseManifestSchema.parse(JSON.parse(text))
    const { entries } = readSafetensors(join(dir, baseFiles.weights))
    const bytes = Object.values(entries).reduce((sum, { length }) => sum + length, 0)
    return { digest: digestOf({ weights, config, tokenizer, tokenizerConfig }), name, dir, parameters: bytes / 4 }
  } catch {
    // A draft, or somebody else's folder.
    return undefined
  }
}

/** The one base that a name or the beginning of a digest means. Throws models/unknown-base. */
export function chooseBase(bases: readonly ListedBase[], wanted: string): ListedBase {
  const named = bases.filter(({ name }) => name === wanted)
  const byDigest = /^0x[0-9a-f]{4,64}$/.test(wanted) ? bases.filter(({ digest }) => digest.startsWith(wanted)) : []
  const [base, ...more] = named.length > 0 ? named : byDigest
  if (base && more.length === 0) return base
  throw new TributaryError(
    base ? `Several bases are meant by ${wanted}.` : `There is no base ${wanted.slice(0, 80)}.`,
    {
      code: 'models/unknown-base',
      facts: { wanted: wanted.slice(0, 80), known: bases.map(({ name, digest }) => `${name} ${digest.slice(0, 18)}`) },
      tryThis: base ? 'give the digest instead of the name' : 'add it: tributary model add <path|hub id>',
    },
  )
}
