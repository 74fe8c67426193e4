import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** What is remembered on disk of a server that runs, so that the next start can end one that was left behind. */
export type ServerRecord = {
  pid: number
  /** Tells this process from a later one with the same pid. */
  start: string
  supervisor: number
  command: string
}

/** Writes atomically: a reader sees the whole record or none. Alone in its file to keep the supervisor tiny. */
export function writeRecord(file: string, record: ServerRecord): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(record))
  renameSync(`${file}.${process.pid}`, file)
}
