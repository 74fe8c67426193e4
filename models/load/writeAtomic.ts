import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { diskError } from './diskError.ts'

/** Writes a file so that it is whole or absent, also after a power cut. Throws models/disk. */
export async function writeAtomic(file: string, parts: readonly Uint8Array[]): Promise<void> {
  const draft = `${file}.draft-${process.pid}`
  try {
    await mkdir(dirname(file), { recursive: true })
    const handle = await open(draft, 'w')
    try {
      for (const part of parts) await handle.writeFile(part)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, file)
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw diskError(file, cause)
  }
}
