import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TributaryError, type RecordedStep } from '../../kernel/index.ts'
import { writeAtomic } from '../load/writeAtomic.ts'

const file = (dir: string, step: number): string => join(dir, `step-${step}.bin`)

/** rate (8 bytes), slots and parameters (4 each), indexes, batch gradient, gradients. 4 · P · (B + 1) bytes. */
export async function writeRecordedStep(dir: string, step: number, recorded: RecordedStep): Promise<void> {
  const head = Buffer.alloc(16)
  head.writeDoubleLE(recorded.learningRate)
  head.writeUInt32LE(recorded.sampleIndexes.length, 8)
  head.writeUInt32LE(recorded.batchGradient.length, 12)
  const arrays = [recorded.sampleIndexes, recorded.batchGradient, recorded.gradients]
  await writeAtomic(file(dir, step), [
    head,
    ...arrays.map((data) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  ])
}

/** Throws models/record-missing when a step's file is gone or damaged. */
export async function readRecordedStep(dir: string, step: number): Promise<RecordedStep> {
  const bytes = await readFile(file(dir, step)).catch((cause: unknown) => {
    throw missing(dir, step, cause)
  })
  const slots = bytes.length >= 16 ? bytes.readUInt32LE(8) : 0
  const parameters = bytes.length >= 16 ? bytes.readUInt32LE(12) : 0
  if (slots === 0 || bytes.length !== 16 + 4 * (slots + parameters + slots * parameters)) throw missing(dir, step)
  const data = new ArrayBuffer(bytes.length - 16)
  new Uint8Array(data).set(bytes.subarray(16))
  return {
    learningRate: bytes.readDoubleLE(),
    sampleIndexes: new Int32Array(data, 0, slots),
    batchGradient: new Float32Array(data, 4 * slots, parameters),
    gradients: new Float32Array(data, 4 * (slots + parameters)),
  }
}

function missing(dir: string, step: number, cause?: unknown): TributaryError {
  return new TributaryError(`The record of step ${step} is missing or damaged.`, {
    code: 'models/record-missing',
    facts: { dir, step },
    tryThis: 'train the block with this step again: the same run gives the same record',
    cause,
  })
}
