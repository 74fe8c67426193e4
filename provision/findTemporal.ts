import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { TributaryError } from '../kernel/index.ts'
import { cachedTemporal } from './temporalVersion.ts'

/** A server that runs already, or the program of a dev server, and where it was found. */
export type TemporalSource =
  | { kind: 'address'; address: string; foundBy: 'TEMPORAL_ADDRESS' }
  | { kind: 'program'; path: string; foundBy: 'TEMPORAL_CLI_PATH' | 'PATH' | 'cache' }

/**
 * The Temporal server that is to be had without fetching or building: TEMPORAL_ADDRESS, TEMPORAL_CLI_PATH, `temporal`
 * on the PATH, our cache; first hit wins; undefined when none hits.
 * Throws provision/temporal-cli-path when TEMPORAL_CLI_PATH names no program: a wish that can't be met is not skipped.
 */
export function findTemporal(env: NodeJS.ProcessEnv = process.env): TemporalSource | undefined {
  const address = env['TEMPORAL_ADDRESS']
  if (address) return { kind: 'address', address, foundBy: 'TEMPORAL_ADDRESS' }

  const named = env['TEMPORAL_CLI_PATH']
  if (named) {
    if (isProgram(named)) return { kind: 'program', path: named, foundBy: 'TEMPORAL_CLI_PATH' }
    throw new TributaryError('TEMPORAL_CLI_PATH does not name a program.', {
      code: 'provision/temporal-cli-path',
      facts: { path: named },
      tryThis: 'let it name the Temporal CLI, or unset it',
    })
  }

  const program = process.platform === 'win32' ? 'temporal.exe' : 'temporal'
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, program)
    if (isProgram(path)) return { kind: 'program', path, foundBy: 'PATH' }
  }

  const cached = cachedTemporal(env)
  return isProgram(cached) ? { kind: 'program', path: cached, foundBy: 'cache' } : undefined
}

export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
