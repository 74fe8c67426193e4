import { join } from 'node:path'
import { cacheFolder } from './cacheFolder.ts'

/** github.com/temporalio/cli: the newest that builds as a module (1.9.1 does not). Pinned by temporal-cli/go.sum. */
export const temporalVersion = '1.5.1'

/** Where set-up leaves the server: one per version and platform. */
export function cachedTemporal(env: NodeJS.ProcessEnv = process.env): string {
  const program = process.platform === 'win32' ? 'temporal.exe' : 'temporal'
  return join(cacheFolder(env), 'temporal', `${temporalVersion}-${process.platform}-${process.arch}`, program)
}
