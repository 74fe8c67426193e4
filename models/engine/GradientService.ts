import { TributaryError } from '../../kernel/index.ts'
import type { AdapterLayout } from '../adapters/AdapterLayout.ts'
import { activationBytes } from '../graph/index.ts'
import type { EncodedRow } from '../train/EncodedRow.ts'
import type { GradientRow, RowGradient } from './Engine.ts'
import type { GradientCalls } from './gradientCalls.ts'
import type { TokenLosses } from './tokenLosses.ts'
import { WorkerLink } from './WorkerLink.ts'

// Measured: from 4 rows on, more change the time of a row by under 5 %; through all 30 blocks one row alone is as fast.
const rowsAtOnce = 8
const activationBytesAtOnce = 384 * 2 ** 20

type Batches = { losses: Float32Array; gradients: Float32Array; indexes: readonly number[] }[]

/**
 * Losses, gradients and prefix states for adapters of any layout, by a worker. Rows of one padded size share a
 * micro-batch, as many as 384 MB of activations allow, at most 8 and at least one; how rows are grouped changes
 * time and memory but no bit of a result.
 */
export class GradientService {
  readonly #link = new WorkerLink<GradientCalls>(new URL('./gradientWorker.ts', import.meta.url))
  readonly #opening: GradientCalls['open']['input']
  readonly #opened: Promise<null>

  constructor(open: GradientCalls['open']['input']) {
    this.#opening = open
    this.#opened = this.#link.call('open', open)
    // An engine closed before its first use has nobody who waits for this.
    this.#opened.catch(() => undefined)
  }

  /** The state that enters the first block that the layout adapts. */
  async prefixStates(rows: readonly EncodedRow[], { fromLayer }: AdapterLayout): Promise<Float32Array[]> {
    await this.#opened
    const states: Float32Array[] = []
    const groups = microBatches(
      rows,
      (row) => `${row.paddedLength}`,
      () => rowsAtOnce,
    )
    const batches = groups.map(async (indexes) => {
      const all = await this.#link.call('prefix', { rows: indexes.map((i) => rows[i]!), to: fromLayer })
      const size = all.length / indexes.length
      for (const [j, i] of indexes.entries()) states[i] = all.slice(j * size, (j + 1) * size)
    })
    await Promise.all(batches)
    return states
  }

  async rowGradients(
    rows: readonly GradientRow[],
    thetas: readonly Float32Array[],
    layout: AdapterLayout,
  ): Promise<RowGradient[]> {
    const results: RowGradient[] = []
    const size = layout.length
    for (const { losses, gradients, indexes } of await this.#run(rows, thetas, layout, true)) {
      for (const [j, i] of indexes.entries()) {
        results[i] = { lossNats: losses[j]!, gradient: gradients.subarray(j * size, (j + 1) * size) }
      }
    }
    return results
  }

  async rowLosses(
    rows: readonly GradientRow[],
    thetas: readonly Float32Array[],
    layout: AdapterLayout,
  ): Promise<number[]> {
    const results: number[] = []
    for (const { losses, indexes } of await this.#run(rows, thetas, layout, false)) {
      for (const [j, i] of indexes.entries()) results[i] = losses[j]!
    }
    return results
  }

  /** Losses of one answer with each adapter: of its labels at the first, and how much more at the others. */
  async answerLosses(
    { row, hidden }: Omit<GradientRow, 'adapter'>,
    thetas: readonly Float32Array[],
    layout: AdapterLayout,
  ): Promise<TokenLosses> {
    const rows = thetas.map((_, adapter) => ({ row, hidden, adapter }))
    checkRows(rows, thetas, layout, this.#opening.config.hidden_size)
    await this.#opened
    const rowsAtOnce = this.#rowsThatFit(row, layout)
    return this.#link.call('answer', { layout, row, hidden, thetas: sharedThetas(thetas), rowsAtOnce })
  }

  close(): Promise<void> {
    return this.#link.close()
  }

  async #run(
    rows: readonly GradientRow[],
    thetas: readonly Float32Array[],
    layout: AdapterLayout,
    gradients: boolean,
  ): Promise<Batches> {
    checkRows(rows, thetas, layout, this.#opening.config.hidden_size)
    await this.#opened
    const shared = sharedThetas(thetas)
    const groups = microBatches(
      rows,
      ({ row }) => `${row.paddedLength}/${row.labelSlots}`,
      ({ row }) => this.#rowsThatFit(row, layout),
    )
    return Promise.all(
      groups.map(async (indexes) => {
        const chosen = indexes.map((i) => rows[i]!)
        const samples = [...new Set(chosen.map(({ row }) => row))]
        const result = await this.#link.call('gradients', {
          layout,
          gradients,
          paddedLength: chosen[0]!.row.paddedLength,
          labelSlots: chosen[0]!.row.labelSlots,
          samples: samples.map((row) => ({ row, hidden: chosen.find((one) => one.row === row)!.hidden })),
          sampleOfRow: Int32Array.from(chosen, ({ row }) => samples.indexOf(row)),
          adapterOfRow: Int32Array.from(chosen, ({ adapter }) => adapter),
          thetas: shared,
        })
        return { ...result, indexes }
      }),
    )
  }

  #rowsThatFit({ paddedLength, labelSlots }: EncodedRow, { fromLayer }: AdapterLayout): number {
    const { config } = this.#opening
    const size = { tokens: paddedLength, labels: labelSlots, blocks: config.num_hidden_layers - fromLayer }
    const fit = Math.floor(activationBytesAtOnce / activationBytes(config, size))
    return Math.max(1, Math.min(rowsAtOnce, fit))
  }
}

/** Adapters one after the other in shared memory: the worker reads them in place for every micro-batch. */
function sharedThetas(thetas: readonly Float32Array[]): Float32Array {
  const size = thetas[0]?.length ?? 0
  const shared = new Float32Array(new SharedArrayBuffer(4 * size * thetas.length))
  for (const [k, theta] of thetas.entries()) shared.set(theta, k * size)
  return shared
}

/** Throws models/gradient-rows: what does not fit together would give numbers without a meaning. */
function checkRows(
  rows: readonly GradientRow[],
  thetas: readonly Float32Array[],
  { length, fromLayer }: AdapterLayout,
  hiddenSize: number,
): void {
  const theta = thetas.findIndex((one) => one.length !== length)
  const row = rows.findIndex(
    ({ row, hidden, adapter }) => hidden.length !== row.paddedLength * hiddenSize || !thetas[adapter],
  )
  if (theta < 0 && row < 0) return
  throw new TributaryError('Rows, their frozen states and adapters do not belong together.', {
    code: 'models/gradient-rows',
    facts: {
      parameters: length,
      theta,
      thetaLength: thetas[theta]?.length ?? 0,
      row,
      adapters: thetas.length,
      fromLayer,
    },
    tryThis: 'give adapters of the layout, and the states that prefixStates gave for it',
  })
}

/** Indexes of rows with the same key, in order, in equal parts of at most `most` of a row. */
function microBatches<T>(rows: readonly T[], keyOf: (row: T) => string, most: (row: T) => number): number[][] {
  const groups = Map.groupBy(rows.keys(), (i) => keyOf(rows[i]!))
  return Array.from(groups.values(), (indexes) => {
    const parts = Math.ceil(indexes.length / most(rows[indexes[0]!]!))
    // 9 rows as 5 and 4, not as 8 and 1: a row alone costs most.
    return Array.from({ length: parts }, (_, i) =>
      indexes.slice(Math.ceil((i * indexes.length) / parts), Math.ceil(((i + 1) * indexes.length) / parts)),
    )
  }).flat()
}
