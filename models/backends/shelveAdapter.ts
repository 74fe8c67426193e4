import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TributaryError, type Digest } from '../../kernel/index.ts'
import { peftDigest, type PeftFiles } from '../adapters/encodePeft.ts'
import { peftFiles } from '../adapters/writePeft.ts'
import { diskError } from '../load/diskError.ts'

/**
 * Puts the files of an adapter where an engine finds them: `<dir>/<digest>/`, read-only, whole or not at all. What lies
 * there already is compared, and replaced where its bytes are not those of its name: the engine may read them at any time.
 * Throws models/serve-adapter-changed where `files` are not those of the digest, or the folder does not keep them; models/disk.
 */
export async function shelveAdapter(dir: string, digest: Digest, files: PeftFiles): Promise<void> {
  const given = peftDigest(files)
  if (given !== digest) throw changed(digest, given, 'the store')
  const place = join(dir, digest)
  if ((await digestAt(place)) === digest) return
  const draft = `${place}.draft-${randomBytes(6).toString('hex')}`
  try {
    await mkdir(draft, { recursive: true })
    for (const part of ['weights', 'config'] as const) {
      const file = join(draft, peftFiles[part])
      await writeFile(file, files[part], { flush: true })
      await chmod(file, 0o444)
    }
    await rm(place, { recursive: true, force: true })
    await rename(draft, place).catch((failure: unknown) => {
      const { code } = failure as NodeJS.ErrnoException
      // Another gateway was faster: its bytes are looked at below.
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw failure
    })
  } catch (cause) {
    throw diskError(place, cause)
  } finally {
    await rm(draft, { recursive: true, force: true }).catch(() => undefined)
  }
  const kept = await digestAt(place)
  if (kept !== digest) throw changed(digest, kept, place)
}

async function digestAt(place: string): Promise<Digest | undefined> {
  try {
    return peftDigest({
      weights: await readFile(join(place, peftFiles.weights)),
      config: await readFile(join(place, peftFiles.config)),
    })
  } catch {
    return undefined // not there, or only a part of it
  }
}

function changed(adapter: Digest, found: Digest | undefined, where: string): TributaryError {
  return new TributaryError('The files of an adapter are not those of its digest, so no engine is given them.', {
    code: 'models/serve-adapter-changed',
    facts: { adapter, found: found ?? null, where },
    tryThis: 'restore the adapter from a backup, and let nothing else write into SERVE_ADAPTER_DIR',
  })
}
