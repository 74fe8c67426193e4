import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { digestString, findError, TributaryError } from '../../kernel/index.ts'

/** One package of a list: what must be found for its README to be the same for everyone. */
export const listedPackageSchema = z.object({
  name: z.string(),
  version: z.string(),
  integrity: z.string().nullable().describe("as in the lock file: the registry's hash of the package"),
  licence: z.string().describe("as in its package.json; '' where it names none"),
  readme: digestString.describe('sha-256 of the README file'),
})
export type ListedPackage = z.infer<typeof listedPackageSchema>

const listUrl = new URL('./defaultPackages.json', import.meta.url)

/** The committed list of the packages that this software runs on. Throws datanets/package-list when it is damaged. */
export async function readDefaultPackages(): Promise<ListedPackage[]> {
  try {
    return z
      .array(listedPackageSchema)
      .min(1)
      .parse(JSON.parse(await readFile(listUrl, 'utf8')))
  } catch (cause) {
    if (findError(cause)) throw cause
    throw new TributaryError('The list of packages of the default Datanet is damaged.', {
      code: 'datanets/package-list',
      tryThis:
        'restore datanets/packages/defaultPackages.json, or make it anew: node datanets/packages/regenerateList.ts',
      cause,
    })
  }
}

/** The file form of a list: indented as the formatter of this project has it. */
export function formatPackageList(list: readonly ListedPackage[]): string {
  return `${JSON.stringify(list, null, 2)}\n`
}

export { listUrl as defaultPackagesUrl }
