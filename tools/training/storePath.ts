import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Digest } from '../../kernel/index.ts'
import { writePath, type Run } from '../../models/index.ts'
import type { ToolContext } from '../context.ts'

/** Stores the path of a run's first `steps` as a blob: what its exact unroll needs, for good. */
export async function storePath({ blobs }: Pick<ToolContext, 'blobs'>, run: Run, steps: number): Promise<Digest> {
  const file = join(run.dir, 'path.bin')
  await writePath(run, steps, file)
  const blob = await blobs.putFile(file)
  await rm(file)
  return blob
}
