import { readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Removes the drafts `<path>.draft-<pid>` that killed processes left beside a file or folder. */
export async function removeDrafts(path: string): Promise<void> {
  const prefix = `${basename(path)}.draft-`
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(prefix) || isAlive(Number(name.slice(prefix.length)))) continue
    await rm(join(dirname(path), name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return pid !== process.pid
  } catch {
    return false
  }
}
