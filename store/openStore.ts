import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PGlite } from '@electric-sql/pglite'
import { drizzle as overPglite } from 'drizzle-orm/pglite'
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator'
import { drizzle as overPostgres } from 'drizzle-orm/postgres-js'
import { migrate as migratePostgres } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import { TributaryError } from '../kernel/index.ts'
import { openPglite } from './openPglite.ts'
import type { Store } from './store.ts'

const migrationsFolder = fileURLToPath(new URL('migrations', import.meta.url))
// Any constant does: it keeps two starting processes from migrating one Postgres at once.
const migrationLock = 7_309_421

/**
 * Open the database and bring its schema up to date.
 *
 * `dir`: PGlite in that folder (`memory://` keeps nothing). It takes no lock of its own and two processes on one
 * folder destroy each other's writes: hold the home (`openHome`) before. `url`: Postgres, any number of processes.
 * Cost: about 1 s for a new PGlite folder, 0.4 s for an old one. Throws store/cannot-open, store/unreachable.
 */
export async function openStore(at: { dir: string } | { url: string }): Promise<Store> {
  return 'dir' in at ? openEmbedded(at.dir) : openServer(at.url)
}

async function openEmbedded(dir: string): Promise<Store> {
  let client: PGlite | undefined
  try {
    if (!dir.startsWith('memory://')) await mkdir(dirname(dir), { recursive: true })
    client = await openPglite(dir)
    const db = overPglite(client)
    await migratePglite(db, { migrationsFolder })
    const opened = client
    return { db, kind: 'pglite', close: () => opened.close() }
  } catch (cause) {
    await client?.close()
    throw new TributaryError('The embedded database cannot be opened.', {
      code: 'store/cannot-open',
      facts: { dir, reason: cause instanceof Error ? cause.message.slice(0, 200) : String(cause) },
      tryThis: 'check the rights and the free space of the folder; a damaged folder has to be restored or removed',
      cause,
    })
  }
}

async function openServer(url: string): Promise<Store> {
  const quiet = { onnotice: () => {}, connect_timeout: 10, backoff: reconnectSeconds }
  const migrator = postgres(url, { ...quiet, max: 1 })
  try {
    await migrator`select pg_advisory_lock(${migrationLock})`
    await migratePostgres(overPostgres(migrator), { migrationsFolder })
  } catch (cause) {
    throw new TributaryError('The database server cannot be used.', {
      code: 'store/unreachable',
      // The URL carries a password: only host, port and database are facts.
      facts: { ...placeOf(url), reason: cause instanceof Error ? cause.message.slice(0, 200) : String(cause) },
      tryThis: 'check DATABASE_URL, that the server is up, and that its user may create tables',
      retry: true,
    })
  } finally {
    await migrator.end({ timeout: 5 })
  }
  const client = postgres(url, { ...quiet, max: 10 })
  return { db: overPostgres(client), kind: 'postgres', close: () => client.end({ timeout: 5 }) }
}

/** A server that comes back is met within a second: the driver's own pauses grow to 20 s, all of them after the server is up. */
function reconnectSeconds(attempt: number): number {
  return Math.min(0.05 * 2 ** attempt, 1)
}

function placeOf(url: string): { host: string; port: string; database: string } {
  const parsed = URL.parse(url)
  return {
    host: parsed?.hostname ?? 'unknown',
    port: parsed?.port || '5432',
    database: parsed?.pathname.slice(1) ?? 'unknown',
  }
}
