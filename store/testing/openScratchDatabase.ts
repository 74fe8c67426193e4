import { randomBytes } from 'node:crypto'
import postgres from 'postgres'

export type ScratchDatabase = { url: string; drop: () => Promise<void> }

/** A fresh database on a server, for one test; `drop` ends the connections of processes that were killed. */
export async function openScratchDatabase(server: string): Promise<ScratchDatabase> {
  const name = `tributary_test_${randomBytes(6).toString('hex')}`
  const admin = postgres(server, { max: 1, onnotice: () => {} })
  await admin`create database ${admin(name)}`
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    url: url.href,
    drop: async () => {
      await admin`drop database ${admin(name)} with (force)`
      await admin.end()
    },
  }
}
