import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { sampleInfluence } from '../../attribution/index.ts'
import type { Digest } from '../../kernel/index.ts'
import { trainingRecord, type Run } from '../../models/index.ts'
import type { ToolContext } from '../context.ts'

/** Rows that are folded at once: 64 MB of vectors for the default layout, and one pass over the record for each. */
const rowsAtOnce = 256

/**
 * Folds the record of a run's first `steps` into one influence vector a sample, [N, P] float32 row-major, and stores them as
 * a blob.
 */
export async function storeInfluence({ blobs }: Pick<ToolContext, 'blobs'>, run: Run, steps: number): Promise<Digest> {
  const file = join(run.dir, 'influence.bin')
  const out = await open(file, 'w')
  try {
    for await (const { rows } of sampleInfluence(trainingRecord(run, steps), { rowsAtOnce })) {
      await out.write(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength))
    }
  } finally {
    await out.close()
  }
  const blob = await blobs.putFile(file)
  await rm(file)
  return blob
}
