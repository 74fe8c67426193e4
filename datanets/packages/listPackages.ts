import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { TributaryError } from '../../kernel/index.ts'
import { cutReadme } from './cutReadme.ts'
import type { ListedPackage } from './packageList.ts'
import { readPackage } from './readPackage.ts'

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      integrity: z.string().optional(),
      optional: z.boolean().optional(),
      os: z.unknown().optional(),
      cpu: z.unknown().optional(),
    }),
  ),
})

/**
 * Lists the packages at the top of a node_modules folder whose READMEs give at least one section, by name: those that
 * every platform installs, so none with `os` or `cpu` and none that is optional. Integrity hashes come from the lock file that npm keeps
 * inside of the folder; they are null where another package manager made it. Throws datanets/no-packages.
 */
export async function listPackages(nodeModules: string): Promise<ListedPackage[]> {
  const locked = await readLock(nodeModules)
  const listed: ListedPackage[] = []
  for (const name of await packageNames(nodeModules)) {
    const lock = locked?.[`node_modules/${name}`]
    if (lock?.optional || lock?.os || lock?.cpu) continue
    const found = await readPackage(join(nodeModules, name))
    if (found === undefined || cutReadme(found).length === 0) continue
    const { version, licence, readme } = found
    listed.push({ name, version, integrity: lock?.integrity ?? null, licence, readme })
  }
  if (listed.length === 0) {
    throw new TributaryError('No package with a README is installed there.', {
      code: 'datanets/no-packages',
      facts: { folder: nodeModules },
      tryThis: "name the node_modules folder of a project, after its packages were installed ('npm install')",
    })
  }
  return listed
}

/** What npm says it installed, or undefined where it keeps no such file. */
export async function readLock(nodeModules: string) {
  try {
    const text = await readFile(join(nodeModules, '.package-lock.json'), 'utf8')
    return lockSchema.parse(JSON.parse(text)).packages
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new TributaryError('The lock file inside of node_modules is damaged.', {
      code: 'datanets/bad-lock',
      facts: { file: '.package-lock.json' },
      tryThis: "delete node_modules and run 'npm install'",
      cause: error,
    })
  }
}

async function packageNames(nodeModules: string): Promise<string[]> {
  const names: string[] = []
  for (const entry of await foldersOf(nodeModules)) {
    if (!entry.startsWith('@')) names.push(entry)
    else for (const inner of await foldersOf(join(nodeModules, entry))) names.push(`${entry}/${inner}`)
  }
  return names.toSorted()
}

async function foldersOf(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map((entry) => entry.name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
