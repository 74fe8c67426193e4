import { chmod, mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { TributaryError } from '../../kernel/index.ts'
import { lockHome } from './lockHome.ts'

/**
 * Everything of one installation lies in one folder, held by one process at a time, or by several that all know of one
 * another: their database, chain and Temporal are servers elsewhere.
 */
export type Home = {
  readonly dir: string
  /** PGlite's folder. */
  readonly pg: string
  readonly blobs: string
  /** Mode 0700; the files in it 0600. */
  readonly keys: string
  readonly logs: string
  /** Pids and ports of what runs. */
  readonly run: string
  readonly temporalDb: string
  readonly anvilState: string
  /** Let another process have it. The system does the same when this one ends, however it ends. */
  release(): void
}

/**
 * Make the layout of a home and hold it: alone, or `shared` with others that share it too.
 * Throws home/locked (with pid and since of the holder, retry), home/cannot-open.
 */
export async function openHome(dir: string, { shared = false }: { shared?: boolean } = {}): Promise<Home> {
  const at = resolve(dir)
  const paths = {
    dir: at,
    pg: join(at, 'pg'),
    blobs: join(at, 'blobs'),
    keys: join(at, 'keys'),
    logs: join(at, 'logs'),
    run: join(at, 'run'),
    temporalDb: join(at, 'temporal.db'),
    anvilState: join(at, 'anvil.json'),
  }
  try {
    for (const folder of [paths.blobs, paths.logs, paths.run]) await mkdir(folder, { recursive: true })
    await mkdir(paths.keys, { recursive: true, mode: 0o700 })
    // A folder made by an older umask, or restored from an archive, may be open to others.
    await chmod(paths.keys, 0o700)
  } catch (cause) {
    throw new TributaryError('The home folder cannot be made.', {
      code: 'home/cannot-open',
      facts: { dir: at, reason: cause instanceof Error ? cause.message : String(cause) },
      tryThis: 'set TRIBUTARY_HOME to a folder that can be written',
      cause,
    })
  }
  return { ...paths, release: lockHome(paths.run, at, { shared }) }
}
