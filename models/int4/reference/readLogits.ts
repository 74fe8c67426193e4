import { Tensor } from 'onnxruntime-node'
import { openGraph, serveGraph, type ServeOptions } from '../../graph/index.ts'
import type { BaseModel } from '../../load/openBase.ts'
import { KeyValueCache } from '../../serve/KeyValueCache.ts'

/**
 * What `read` finds in the logits [vocabulary] of the base after each token of some texts of one length, fed token by
 * token, all texts together: the path that answers take. In the order: token by token, text by text.
 */
export async function readLogits<Found>(
  { base, texts, options = {} }: { base: BaseModel; texts: readonly (readonly number[])[]; options?: ServeOptions },
  read: (logits: Float32Array) => Found,
): Promise<Found[]> {
  const found: Found[] = []
  const { config, weights, dir } = base
  const session = await openGraph(serveGraph(config, weights, options).encode(), { dir })
  const cache = new KeyValueCache(config, { rows: texts.length })
  const rows = texts.length
  for (let at = 0; at < texts[0]!.length; at++) {
    cache.fit(at + 1, rows)
    const { past, present } = cache.tensors(0, rows)
    const feeds = {
      ...past,
      input_ids: new Tensor(
        'int64',
        BigInt64Array.from(texts, (text) => BigInt(text[at]!)),
        [rows, 1],
      ),
      seqlens_k: new Tensor('int32', new Int32Array(rows).fill(at), [rows]),
      total_sequence_length: new Tensor('int32', Int32Array.of(at + 1), [1]),
      last: new Tensor('int64', new BigInt64Array(rows), [rows, 1]),
    }
    const { logits } = await session.run(feeds, { logits: null, ...present })
    const data = logits!.data as Float32Array
    for (let row = 0; row < rows; row++) {
      found.push(read(data.slice(row * config.vocab_size, (row + 1) * config.vocab_size)))
    }
  }
  await session.release()
  return found
}
