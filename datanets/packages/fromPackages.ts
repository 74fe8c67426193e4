import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { digestOf, TributaryError, type Digest } from '../../kernel/index.ts'
import type { Imported } from '../import/importCorpus.ts'
import type { ImportedSample } from '../import/toSample.ts'
import { cutReadme } from './cutReadme.ts'
import { listPackages, readLock } from './listPackages.ts'
import type { ListedPackage } from './packageList.ts'
import { readPackage } from './readPackage.ts'

/** A package of the list that is not there as listed. */
export type PackageDifference = { name: string; expected: string; found: string }

export type FromPackages = Imported & { differences: PackageDifference[] }

/**
 * The open-source Datanet of a project: the READMEs of its installed packages, cut at headings, in the order of the
 * list. With a list, each package must be there in that version, with the same hash of package and README, so that
 * the corpus is the same for everyone: throws datanets/packages-differ that names the first ones that are not, or with `leaveOut`
 * goes on without them and returns them as `differences`. Without a list, takes what is installed.
 * Text is read and parsed, nothing is run. Cost: 5 to 10 ms a package.
 */
export async function fromPackages({
  nodeModules,
  list,
  leaveOut = false,
}: {
  nodeModules: string
  list?: readonly ListedPackage[]
  leaveOut?: boolean
}): Promise<FromPackages> {
  const wanted = list ?? (await listPackages(nodeModules))
  const lock = await readLock(nodeModules)
  const samples = new Map<Digest, ImportedSample>()
  const differences: PackageDifference[] = []
  let sections = 0
  for (const entry of wanted) {
    // Parsing takes seconds in sum, and this process also serves.
    await setImmediate()
    const found = await readPackage(join(nodeModules, entry.name))
    const integrity = lock?.[`node_modules/${entry.name}`]?.integrity ?? null
    const difference = compare(entry, found && { ...found, integrity })
    if (difference !== undefined || found === undefined) {
      differences.push({ name: entry.name, expected: entry.version, found: difference ?? 'nothing' })
      continue
    }
    for (const sample of cutReadme(found)) {
      sections++
      if (!samples.has(sample.id)) samples.set(sample.id, { sample })
    }
  }
  if (differences.length > 0 && !leaveOut) refuse(differences)
  return {
    samples: [...samples.values()],
    sources: digestOf(wanted.map(({ name, version, readme }) => [name, version, readme])),
    files: wanted.length - differences.length,
    repeated: sections - samples.size,
    differences,
  }
}

function compare(expected: ListedPackage, found: ListedPackage | undefined): string | undefined {
  if (found === undefined) return 'nothing'
  if (found.version !== expected.version) return `version ${found.version}`
  if (found.integrity !== null && expected.integrity !== null && found.integrity !== expected.integrity) {
    return 'another integrity hash'
  }
  if (found.readme !== expected.readme) return 'another README'
  if (found.licence !== expected.licence) return `licence ${found.licence || 'none'}`
  return undefined
}

function refuse(differences: readonly PackageDifference[]): never {
  const some = differences.slice(0, 5).map(({ name, expected, found }) => `${name}@${expected} (found ${found})`)
  throw new TributaryError(`${differences.length} of the listed packages are not installed as listed.`, {
    code: 'datanets/packages-differ',
    facts: { packages: differences.length, first: some },
    tryThis:
      "run 'npm ci' in the checkout; after a change of dependencies: node datanets/packages/regenerateList.ts, and commit the list",
  })
}
