import { TributaryError, type Digest } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'

/** The scores of all samples of a run, float64 little-endian [N], by their digest. Throws blobs/*, tools/sample-scores. */
export async function readSampleScores(
  { blobs }: Pick<ToolContext, 'blobs'>,
  digest: Digest,
  samples: number,
): Promise<Float64Array> {
  const bytes = await blobs.get(digest)
  if (bytes.byteLength !== 8 * samples) {
    throw new TributaryError('These are not the sample scores of this run.', {
      code: 'tools/sample-scores',
      facts: { digest, bytes: bytes.byteLength, samples },
      tryThis: 'name the scores that the unroll of this adapter and epoch returned',
    })
  }
  const data = new Uint8Array(bytes.byteLength)
  data.set(bytes)
  return new Float64Array(data.buffer)
}
