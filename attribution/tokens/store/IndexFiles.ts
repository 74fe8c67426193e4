import { link, open, rename, rm } from 'node:fs/promises'
import { TributaryError } from '../../../kernel/index.ts'

/** Called before each thing that is done to the disk: a test ends the process there, or says that the disk is full. */
export type OnStep = (step: string) => void

/** No space, no quota, a file that may not grow. */
const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/**
 * Writes a file so that it is there whole or not at all: a draft, synced, then renamed; or, where `exclusive`, linked, which
 * fails when somebody else wrote it first. Gives whether this call wrote it.
 * Throws attribution/disk-full, which leaves nothing behind.
 */
export async function writeWhole(
  path: string,
  parts: readonly Uint8Array[],
  { exclusive = false, onStep = () => undefined }: { exclusive?: boolean; onStep?: OnStep | undefined } = {},
): Promise<boolean> {
  const draft = `${path}.${process.pid}-${Math.random().toString(36).slice(2)}.draft`
  try {
    onStep('draft')
    const file = await open(draft, 'w')
    try {
      for (const [i, part] of parts.entries()) {
        if (i === parts.length >>> 1) onStep('write')
        await file.writeFile(part)
      }
      onStep('sync')
      await file.sync()
    } finally {
      await file.close()
    }
    onStep('publish')
    if (exclusive) await link(draft, path)
    else await rename(draft, path)
    return true
  } catch (error) {
    if (exclusive && (error as NodeJS.ErrnoException).code === 'EEXIST') return false
    if (!full.has((error as NodeJS.ErrnoException).code ?? '')) throw error
    throw new TributaryError('The disk of the token index is full.', {
      code: 'attribution/disk-full',
      facts: { bytes: parts.reduce((sum, part) => sum + part.length, 0) },
      tryThis: 'free some space and call again: the index still answers as it did before',
      retry: true,
      cause: error,
    })
  } finally {
    await rm(draft, { force: true })
  }
}

/** Removes a file, if it is there. */
export async function removeFile(path: string, onStep: OnStep = () => undefined): Promise<void> {
  onStep('remove')
  await rm(path, { force: true })
}
