import { TributaryError, type TrainingRecord } from '../../../kernel/index.ts'
import type { RowBlock } from '../scoreRows.ts'
import { stepDiagonals } from './stepDiagonals.ts'

/**
 * Folds a recorded run into one influence vector for each sample; any answer is then one dot product a sample.
 *
 *   W[i] = (1/B) sum over steps t and slots b that hold sample i of D[t] * gradients[t, b]
 *   score[i] = gradient(answer) · W[i]      = - d loss(answer) / d weight[i], with H = 0
 *
 * so a positive score says that removing the sample raises the answer's loss, to first order: it helped. A sample that no
 * step saw has a row of zeros.
 * Shapes: yields row-major blocks [<= rowsAtOnce, P] in sample order, N rows in all; each block is the receiver's to keep.
 * Units: parameters. Cost: T·B·P multiply-adds; reads the record once for D and once for every block; memory
 * 4·P·(T + rowsAtOnce) bytes. Throws attribution/shape, attribution/not-finite, attribution/optimiser.
 */
export async function* sampleInfluence(
  record: TrainingRecord,
  { rowsAtOnce = record.samples }: { rowsAtOnce?: number } = {},
): AsyncGenerator<RowBlock> {
  if (!Number.isSafeInteger(rowsAtOnce) || (rowsAtOnce < 1 && record.samples > 0)) refuse(record, -1, rowsAtOnce)
  const diagonals = await stepDiagonals(record)
  for (let first = 0; first < record.samples; first += rowsAtOnce) {
    const end = Math.min(first + rowsAtOnce, record.samples)
    const rows = new Float32Array((end - first) * record.parameters)
    for (let t = 0; t < record.steps; t++) await addStep({ record, t, diagonal: diagonals[t]!, first, end, rows })
    if (!rows.every(Number.isFinite)) refuseNotFinite(first, end)
    yield { first, rows }
  }
}

type Fold = {
  record: TrainingRecord
  t: number
  diagonal: Float32Array
  first: number
  end: number
  rows: Float32Array
}

async function addStep({ record, t, diagonal, first, end, rows }: Fold): Promise<void> {
  const { sampleIndexes, gradients } = await record.step(t)
  const p = record.parameters
  const slots = sampleIndexes.length
  if (gradients.length !== slots * p) refuse(record, t, gradients.length)
  for (const [b, sample] of sampleIndexes.entries()) {
    if (sample < -1 || sample >= record.samples) refuse(record, t, sample)
    if (sample < first || sample >= end) continue
    const from = b * p
    const into = (sample - first) * p
    for (let j = 0; j < p; j++) rows[into + j]! += (diagonal[j]! * gradients[from + j]!) / slots
  }
}

function refuse(record: TrainingRecord, step: number, found: number): never {
  throw new TributaryError('The recorded run does not fit its own header.', {
    code: 'attribution/shape',
    facts: { step, found, samples: record.samples, parameters: record.parameters },
    tryThis: 'read the record of one finished run, whole',
  })
}

function refuseNotFinite(first: number, end: number): never {
  throw new TributaryError('A recorded sample gradient is not finite.', {
    code: 'attribution/not-finite',
    facts: { first, end },
    tryThis: 'a diverged run has no attribution: lower its learning rate and train again',
  })
}
