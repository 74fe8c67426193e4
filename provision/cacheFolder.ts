import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Where downloads and builds are kept, per user and outside every checkout:
 * TRIBUTARY_CACHE, else XDG_CACHE_HOME/tributary, else ~/.cache/tributary.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env['TRIBUTARY_CACHE']) return env['TRIBUTARY_CACHE']
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'tributary')
}

/** Where base folders lie: converted once for all homes of the user. */
export function basesFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(cacheFolder(env), 'bases')
}
