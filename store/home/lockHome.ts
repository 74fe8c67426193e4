import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { TributaryError } from '../../kernel/index.ts'
import { isAlive, thisProcess } from './processIdentity.ts'

const holderSchema = z.object({ host: z.string(), pid: z.int(), started: z.string(), sinceMs: z.int() })
type Holder = z.infer<typeof holderSchema>

/**
 * Hold a home for this process, or share it with others that do; returns what lets it go.
 *
 * Two locks in one. The system's own lock on `run/home.lock` (taken through SQLite, the one part of Node that
 * reaches it) can't go stale, can't be taken by two at once, and ends with the process whatever ends it: no file of
 * pids can promise that. `run/holder.json` says who it is, for people, with pid and start time.
 * Throws home/locked, home/cannot-open where the file system knows no locks.
 */
export function lockHome(runDir: string, home: string, { shared }: { shared: boolean }): () => void {
  const holderFile = join(runDir, 'holder.json')
  const lock = takeSystemLock(join(runDir, 'home.lock'), { home, holderFile, shared })
  if (shared) return () => lock.isOpen && lock.close()
  const holder: Holder = { ...thisProcess(), sinceMs: Date.now() }
  const unfinished = `${holderFile}.${process.pid}`
  writeFileSync(unfinished, JSON.stringify(holder))
  renameSync(unfinished, holderFile)
  let held = true
  return () => {
    if (!held) return
    held = false
    rmSync(holderFile, { force: true })
    lock.close()
  }
}

type Wanted = { home: string; holderFile: string; shared: boolean }

function takeSystemLock(path: string, { home, holderFile, shared }: Wanted): DatabaseSync {
  let lock: DatabaseSync | undefined
  try {
    // The holder that was just killed may need a moment to be gone.
    lock = new DatabaseSync(path, { timeout: 200 })
    // A transaction that has read shares the lock with others that have, and keeps out who wants it alone.
    lock.exec(
      `pragma journal_mode = memory; ${shared ? 'begin; select count(*) from sqlite_master' : 'begin exclusive'}`,
    )
    return lock
  } catch (cause) {
    lock?.close()
    const sqliteBusy = 5
    if (errcode(cause) === sqliteBusy) throw locked(home, readHolder(holderFile))
    throw new TributaryError('The home folder cannot be locked.', {
      code: 'home/cannot-open',
      facts: { dir: home, reason: cause instanceof Error ? cause.message : String(cause) },
      tryThis: 'set TRIBUTARY_HOME to a folder on a local disk that can be written',
      cause,
    })
  }
}

function errcode(cause: unknown): number | undefined {
  if (!(cause instanceof Error) || !('errcode' in cause)) return undefined
  return typeof cause.errcode === 'number' ? cause.errcode & 0xff : undefined
}

function locked(home: string, holder: Holder | undefined): TributaryError {
  const who = holder === undefined ? 'another process' : `process ${holder.pid}`
  const since = holder === undefined ? 'unknown' : new Date(holder.sinceMs).toISOString()
  return new TributaryError(`This home is in use by ${who} since ${since}.`, {
    code: 'home/locked',
    facts: { dir: home, pid: holder?.pid ?? null, since, host: holder?.host.split(' ')[0] ?? null },
    tryThis: 'use the one that runs (tributary status), stop it, or set TRIBUTARY_HOME to another folder',
    retry: true,
  })
}

/** Who wrote the file, if that process still runs: an old file says nothing about the lock's holder of now. */
function readHolder(holderFile: string): Holder | undefined {
  try {
    const parsed = holderSchema.safeParse(JSON.parse(readFileSync(holderFile, 'utf8')))
    return parsed.success && isAlive(parsed.data) !== false ? parsed.data : undefined
  } catch {
    // Missing, or not yet written by a holder that is just starting: the lock stands, its holder is not known.
    return undefined
  }
}
