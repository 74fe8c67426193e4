import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { digestBytes } from '../../kernel/index.ts'
import type { ListedPackage } from './packageList.ts'

/** What lies in the folder of one installed package; its scripts and code are never read. */
export type FoundPackage = Omit<ListedPackage, 'integrity'> & { text: string }

const maxReadmeBytes = 2 ** 20

const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  license: z.unknown().optional(),
  licenses: z.unknown().optional(),
  os: z.unknown().optional(),
  cpu: z.unknown().optional(),
})

/**
 * Reads package.json (name, version, licence: nothing about people) and README of an installed package. Undefined where
 * there is no such package, it is made for one platform only, or it has no README in UTF-8 of up to 1 MiB.
 */
export async function readPackage(folder: string): Promise<FoundPackage | undefined> {
  const manifest = await readManifest(folder)
  if (manifest === undefined || manifest.os !== undefined || manifest.cpu !== undefined) return undefined
  const entries = await readdir(folder, { withFileTypes: true })
  const file = entries
    .filter((entry) => entry.isFile() && /^readme(\.(md|markdown|mdown|txt))?$/i.test(entry.name))
    .map((entry) => entry.name)
    .toSorted()[0]
  if (file === undefined || (await stat(join(folder, file))).size > maxReadmeBytes) return undefined
  const bytes = await readFile(join(folder, file))
  if (bytes.length === 0 || bytes.includes(0)) return undefined
  const { name, version } = manifest
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return {
      name,
      version,
      licence: licenceText(manifest.license ?? manifest.licenses),
      readme: digestBytes(bytes),
      text,
    }
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

async function readManifest(folder: string): Promise<z.infer<typeof manifestSchema> | undefined> {
  try {
    return manifestSchema.safeParse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))).data
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (error instanceof SyntaxError || code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}

/** Old packages write {type, url}, or several of these, of which one may choose. */
function licenceText(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(licenceText).filter(Boolean).join(' OR ')
  if (typeof value === 'object' && value !== null && 'type' in value) return licenceText(value.type)
  return ''
}
