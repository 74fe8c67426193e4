import type { AdapterLayout } from '../adapters/AdapterLayout.ts'
import type { EncodedRow } from '../train/EncodedRow.ts'
import type { GradientRow, RowGradient } from './Engine.ts'
import type { GradientCalls } from './gradientCalls.ts'
import { WorkerLink } from './WorkerLink.ts'

// Measured: from 4 rows on, more change the time of a row by under 5 %; each row of 128 tokens needs about 30 MB.
const rowsAtOnce = 8

/**
 * Losses, gradients and prefix states, by a worker. Rows of one padded size share a micro-batch; how rows are grouped
 * changes the time but no bit of a result.
 */
export class GradientService {
  readonly #link = new WorkerLink<GradientCalls>(new URL('./gradientWorker.ts', import.meta.url))
  readonly #layout: AdapterLayout
  readonly #opened: Promise<null>

  constructor(open: GradientCalls['open']['input']) {
    this.#layout = open.layout
    this.#opened = this.#link.call('open', open)
    // An engine closed before its first use has nobody who waits for this.
    this.#opened.catch(() => undefined)
  }

  async prefixStates(rows: readonly EncodedRow[]): Promise<Float32Array[]> {
    await this.#opened
    const states: Float32Array[] = []
    const batches = microBatches(rows, (row) => `${row.paddedLength}`).map(async (indexes) => {
      const all = await this.#link.call('prefix', { rows: indexes.map((i) => rows[i]!) })
      const size = all.length / indexes.length
      for (const [j, i] of indexes.entries()) states[i] = all.slice(j * size, (j + 1) * size)
    })
    await Promise.all(batches)
    return states
  }

  async rowGradients(rows: readonly GradientRow[], thetas: readonly Float32Array[]): Promise<RowGradient[]> {
    await this.#opened
    const size = this.#layout.length
    // Shared memory: the worker reads the adapters in place for every micro-batch.
    const shared = new Float32Array(new SharedArrayBuffer(4 * size * thetas.length))
    for (const [k, theta] of thetas.entries()) shared.set(theta, k * size)
    const results: RowGradient[] = []
    const batches = microBatches(rows, ({ row }) => `${row.paddedLength}/${row.labelSlots}`).map(async (indexes) => {
      const chosen = indexes.map((i) => rows[i]!)
      const samples = [...new Set(chosen.map(({ row }) => row))]
      const { losses, gradients } = await this.#link.call('gradients', {
        paddedLength: chosen[0]!.row.paddedLength,
        labelSlots: chosen[0]!.row.labelSlots,
        samples: samples.map((row) => ({ row, hidden: chosen.find((one) => one.row === row)!.hidden })),
        sampleOfRow: Int32Array.from(chosen, ({ row }) => samples.indexOf(row)),
        adapterOfRow: Int32Array.from(chosen, ({ adapter }) => adapter),
        thetas: shared,
      })
      for (const [j, i] of indexes.entries()) {
        results[i] = { lossNats: losses[j]!, gradient: gradients.subarray(j * size, (j + 1) * size) }
      }
    })
    await Promise.all(batches)
    return results
  }

  close(): Promise<void> {
    return this.#link.close()
  }
}

/** Indexes of rows with the same key, in order, at most `rowsAtOnce` together. */
function microBatches<T>(rows: readonly T[], keyOf: (row: T) => string): number[][] {
  const open = new Map<string, number[]>()
  const batches: number[][] = []
  for (const [i, row] of rows.entries()) {
    const key = keyOf(row)
    const batch = open.get(key)
    if (batch && batch.length < rowsAtOnce) {
      batch.push(i)
      continue
    }
    const fresh = [i]
    open.set(key, fresh)
    batches.push(fresh)
  }
  return batches
}
