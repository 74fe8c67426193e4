import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { canonicalBytes, digestString, TributaryError, type Digest } from '../../kernel/index.ts'
import { initialAdapter } from '../adapters/Adapter.ts'
import type { AdapterLayout } from '../adapters/AdapterLayout.ts'
import { writeAtomic } from '../load/writeAtomic.ts'
import type { ValidationLoss } from './chooseStep.ts'
import { skippedSample, type SkippedSample } from './trainingPlan.ts'

/** All that a run is between two steps: parameters and both moments of every variant, one row of P each. */
export type TrainingState = {
  readonly run: Digest
  /** Steps done. */
  readonly step: number
  readonly thetas: Float32Array[]
  readonly first: Float32Array[]
  readonly second: Float32Array[]
  /** Mean loss of each step done, first variant, in micro-nats. */
  readonly lossesMicroNats: number[]
  /** Loss of the main adapter over the validation texts, each time that they were looked at. */
  readonly validation: ValidationLoss[]
  /** Gradient norms of the last healthy samples of the main adapter, in millionths: what the next bound is made from. */
  readonly norms: number[]
  readonly skipped: SkippedSample[]
}

const headerSchema = z.object({
  v: z.literal(2),
  run: digestString,
  step: z.int().min(0),
  variants: z.int().min(1),
  parameters: z.int().min(1),
  lossesMicroNats: z.array(z.int()),
  validation: z.array(z.object({ step: z.int().min(0), lossMicroNats: z.int() })),
  norms: z.array(z.int().min(0)),
  skipped: z.array(skippedSample),
})

/** Before the first step: all variants start from the same numbers. */
export function initialState(
  run: Digest,
  layout: AdapterLayout,
  { variants, seed, skipped = [] }: { variants: number; seed: number; skipped?: readonly SkippedSample[] },
): TrainingState {
  const zeros = (): Float32Array[] => Array.from({ length: variants }, () => new Float32Array(layout.length))
  const thetas = zeros().map((theta) => {
    theta.set(initialAdapter(layout, seed).theta)
    return theta
  })
  return {
    run,
    step: 0,
    thetas,
    first: zeros(),
    second: zeros(),
    lossesMicroNats: [],
    validation: [],
    norms: [],
    skipped: [...skipped],
  }
}

/** Writes a state whole or not at all; returns the file's sha-256. Throws models/disk. */
export async function writeState(file: string, state: TrainingState): Promise<Digest> {
  const parts = partsOf(state)
  await writeAtomic(file, parts)
  return digestOfParts(parts)
}

/** What writeState would return, without writing. */
export function stateDigest(state: TrainingState): Digest {
  return digestOfParts(partsOf(state))
}

/** Header length (8 bytes), canonical header, then all thetas, first and second moments. */
function partsOf(state: TrainingState): Uint8Array[] {
  const { run, step, thetas, first, second, lossesMicroNats, validation, norms, skipped } = state
  const header = canonicalBytes({
    v: 2,
    run,
    step,
    variants: thetas.length,
    parameters: thetas[0]!.length,
    lossesMicroNats,
    validation,
    norms,
    skipped,
  })
  const size = Buffer.alloc(8)
  size.writeBigUInt64LE(BigInt(header.length))
  return [size, header, ...[...thetas, ...first, ...second].map(bytesOf)]
}

function digestOfParts(parts: readonly Uint8Array[]): Digest {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return `0x${hash.digest('hex')}` as Digest
}

/**
 * Reads a state and compares it with the run it must belong to, and with its digest where given.
 * Throws models/state-missing, models/state-changed.
 */
export async function readState(
  file: string,
  { run, expected }: { run: Digest; expected?: Digest | undefined },
): Promise<TrainingState & { digest: Digest }> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw stateError('models/state-missing', 'A state of the training run is missing.', { file }, cause)
  })
  const digest = `0x${createHash('sha256').update(bytes).digest('hex')}` as Digest
  if (expected !== undefined && digest !== expected) {
    throw stateError('models/state-changed', 'A state of the training run was changed.', {
      file,
      expected,
      found: digest,
    })
  }
  const header = parseHeader(bytes)
  const dataAt = bytes.length < 8 ? 0 : 8 + Number(bytes.readBigUInt64LE())
  const row = 4 * (header?.parameters ?? 0)
  if (!header || header.run !== run || bytes.length !== dataAt + 3 * header.variants * row) {
    throw stateError('models/state-changed', 'A state of the training run is damaged or of another run.', { file, run })
  }
  const rows = Array.from({ length: 3 * header.variants }, (_, i) => {
    const copy = new Uint8Array(row)
    copy.set(bytes.subarray(dataAt + i * row, dataAt + (i + 1) * row))
    return new Float32Array(copy.buffer)
  })
  const part = (i: number): Float32Array[] => rows.slice(i * header.variants, (i + 1) * header.variants)
  const { step, lossesMicroNats, validation, norms, skipped } = header
  const [thetas, first, second] = [part(0), part(1), part(2)]
  return { run, step, thetas, first, second, lossesMicroNats, validation, norms, skipped, digest }
}

function parseHeader(bytes: Buffer): z.output<typeof headerSchema> | undefined {
  if (bytes.length < 8) return undefined
  const length = bytes.readBigUInt64LE()
  if (length > BigInt(bytes.length - 8)) return undefined
  try {
    return headerSchema.parse(JSON.parse(bytes.toString('utf8', 8, 8 + Number(length))))
  } catch {
    // Damaged: the caller says so.
    return undefined
  }
}

function bytesOf(data: Float32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

function stateError(
  code: `models/${string}`,
  message: string,
  facts: Record<string, string>,
  cause?: unknown,
): TributaryError {
  return new TributaryError(message, {
    code,
    facts,
    tryThis: 'train the blocks before it again: the same run gives the same bytes',
    cause,
  })
}
