import type { Row } from '../renderTable.ts'
import type { TableOptions } from '../runTable.ts'
import { forwardPart } from './attribution/forwardPart.ts'
import { receiptPart } from './attribution/receiptPart.ts'
import { unrollPart } from './attribution/unrollPart.ts'
import { runParts } from './engine/runParts.ts'

const measures = { receipt: receiptPart, forward: forwardPart, unroll: unrollPart }

export const parts = Object.keys(measures)

/**
 * What attribution costs, on one thread: an answer's scores at once and as they are paid, the unroll of an epoch and of an
 * audit, the bytes of a payee. CPU seconds are those of the whole process, medians of rounds in turns with the peer's. Run
 * it on an idle machine: each part notes the load that it met.
 */
export async function run(options: TableOptions): Promise<{ rows: Row[]; versions: Record<string, string> }> {
  return runParts(measures, options)
}
