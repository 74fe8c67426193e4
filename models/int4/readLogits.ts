import { openGraph, serveGraph, type ServeOptions } from '../graph/index.ts'
import type { BaseModel } from '../load/openBase.ts'
import { AdapterPool } from '../serve/AdapterPool.ts'
import { Decoder } from '../serve/Decoder.ts'

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
  const decoder = new Decoder({
    session,
    config,
    base: base.weightsDigest,
    adapters: new AdapterPool({ maxBytes: 0 }),
    projections: [],
    rows: texts.length,
    contextTokens: texts[0]!.length + 1,
    prefixBytes: 0,
  })
  const rows = texts.map((text) => decoder.admit({ promptIds: Int32Array.of(text[0]!) }))
  for (const row of rows) found.push(read((await decoder.prefill(row))!))
  for (let at = 1; at < texts[0]!.length; at++) {
    const logits = await decoder.step(rows.map((row, i) => ({ row, token: texts[i]![at]! })))
    for (const each of logits) {
      if (each instanceof Error) throw each
      found.push(read(each))
    }
  }
  await session.release()
  return found
}
