import { open, type FileHandle } from 'node:fs/promises'
import { TributaryError, type TrainingPath } from '../../kernel/index.ts'
import { optimiserOf } from './recipe.ts'
import type { Run } from './prepareRun.ts'
import { recordDir } from './runFiles.ts'
import { readRecordedStep } from './recordedStep.ts'
import { initialState } from './trainingState.ts'

const magic = 0x3148_5450 // 'PTH1'

/**
 * Writes the path of a run's main adapter through its first `steps` into one file, from the record that training left:
 * magic, steps, slots, parameters (4 bytes each), start [P], then for each step its rate (8 bytes), indexes and batch
 * gradient. 4·P·(steps + 1) bytes and little more: a hundredth of the record. Throws models/record-missing, models/disk.
 */
export async function writePath(run: Run, steps: number, file: string): Promise<void> {
  const { recipe } = run.plan
  const out = await open(file, 'w')
  try {
    const head = Buffer.alloc(16)
    for (const [i, value] of [magic, steps, recipe.batch, run.layout.length].entries()) head.writeUInt32LE(value, 4 * i)
    await out.write(head)
    await out.write(bytesOf(initialState(run.digest, run.layout, { variants: 1, seed: recipe.seed }).thetas[0]!))
    for (let t = 0; t < steps; t++) {
      const { learningRate, sampleIndexes, batchGradient } = await readRecordedStep(recordDir(run), t)
      const rate = Buffer.alloc(8)
      rate.writeDoubleLE(learningRate)
      for (const part of [rate, bytesOf(sampleIndexes), bytesOf(batchGradient)]) await out.write(part)
    }
  } finally {
    await out.close()
  }
}

/** Opens a path that writePath wrote, of this run. Reads a step at a time. Throws models/path-changed, models/path-missing. */
export async function openPath(run: Run, file: string): Promise<TrainingPath & { close(): Promise<void> }> {
  const handle = await open(file, 'r').catch((cause: unknown) => {
    throw pathError('missing', file, cause)
  })
  const { size } = await handle.stat()
  const head = size < 16 ? Buffer.alloc(16) : await readAt(handle, file, 0, 16)
  const [found, steps, slots, parameters] = [0, 4, 8, 12].map((at) => head.readUInt32LE(at)) as [
    number,
    number,
    number,
    number,
  ]
  const stepBytes = 8 + 4 * (slots + parameters)
  if (found !== magic || parameters !== run.layout.length || size !== 16 + 4 * parameters + steps * stepBytes) {
    await handle.close()
    throw pathError('changed', file)
  }
  return {
    optimiser: optimiserOf(run.plan.recipe),
    steps,
    samples: run.plan.samples.length,
    parameters,
    start: new Float32Array(await arrayAt(handle, file, 16, 4 * parameters)),
    async step(t) {
      const at = 16 + 4 * parameters + t * stepBytes
      const data = await arrayAt(handle, file, at + 8, stepBytes - 8)
      return {
        learningRate: (await readAt(handle, file, at, 8)).readDoubleLE(),
        sampleIndexes: new Int32Array(data, 0, slots),
        batchGradient: new Float32Array(data, 4 * slots, parameters),
      }
    },
    close: () => handle.close(),
  }
}

async function readAt(handle: FileHandle, file: string, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  const { bytesRead } = await handle.read(bytes, 0, length, at)
  if (bytesRead !== length) throw pathError('changed', file)
  return bytes
}

async function arrayAt(handle: FileHandle, file: string, at: number, length: number): Promise<ArrayBuffer> {
  const bytes = await readAt(handle, file, at, length)
  const data = new ArrayBuffer(length)
  new Uint8Array(data).set(bytes)
  return data
}

function bytesOf(data: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

function pathError(what: 'missing' | 'changed', file: string, cause?: unknown): TributaryError {
  return new TributaryError(`The path of the training run is ${what}, so it cannot be unrolled.`, {
    code: `models/path-${what}`,
    facts: { file },
    tryThis: 'train the run again: the same run gives the same path; its answers can be audited by retraining',
    cause,
  })
}
