import { z } from 'zod'
import { digestString } from '../../kernel/index.ts'

// Pure: definitions of tools and workflows take it from here, without the rest of this room.

/** The task queue that GPU workers poll. */
export const gpuQueue = 'gpu'

/**
 * Where bits of a run made by a GPU worker are claimed: between equal stamps, and nowhere else. The run's first block
 * writes it to device.json; a worker whose own stamp differs refuses to go on with the run.
 */
export const deviceStamp = z.strictObject({
  v: z.literal(1),
  device: z.enum(['cuda', 'cpu']),
  name: z.string().min(1),
  /** CUDA's compute capability, such as 9.0. */
  capability: z.string().optional(),
  cuda: z.string().optional(),
  cudnn: z.string().optional(),
  /** Of a processor: they decide how sums are split. */
  threads: z.int().min(1).optional(),
  torch: z.string().min(1),
  transformers: z.string().min(1),
  peft: z.string().min(1),
  /** Rows of a micro-batch, which decide the shapes of all products. */
  rowsAtOnce: z.int().min(1),
  /** Whether the frozen blocks ran once a sample for all of its adapters. */
  sharedPrefix: z.boolean(),
})
export type DeviceStamp = z.output<typeof deviceStamp>

/** A run, by its folder below the home that gateway and worker share, and by the digest of its plan.json. */
const runPlace = {
  v: z.literal(1),
  dir: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/),
  plan: digestString,
}

const microNats = z.int()

/** runBlock on a GPU worker. `start`: what the state at `from` must hash to, that before the first step too. */
export const gpuTrainBlock = {
  input: z.strictObject({ ...runPlace, from: z.int().min(0), to: z.int().min(1), start: digestString }),
  output: z.strictObject({
    step: z.int().min(1),
    /** sha-256 of states/<step>.bin. */
    state: digestString,
    lossesMicroNats: z.array(microNats),
    device: deviceStamp,
  }),
}

/** finishRun on a GPU worker: the PEFT folders of the checkpoint `step`, whose state must hash to `state`. */
export const gpuFinishRun = {
  input: z.strictObject({ ...runPlace, step: z.int().min(1), state: digestString }),
  output: z.strictObject({
    adapters: z.array(z.strictObject({ variant: z.int().min(-1), digest: digestString })).min(1),
    heldOutLossBeforeMicroNats: microNats,
    heldOutLossAfterMicroNats: microNats,
    device: deviceStamp,
  }),
}

/** What a heartbeat of a GPU worker says. */
export const gpuProgress = z.strictObject({
  step: z.int().min(0),
  of: z.int().min(1),
  lossMicroNats: microNats.optional(),
  samplesPerHour: z.int().min(0).optional(),
  secondsLeft: z.int().min(0).optional(),
})

/** The activities on the queue, by name: each takes one document and returns one. */
export const gpuActivities = { gpu_train_block: gpuTrainBlock, gpu_finish_run: gpuFinishRun }
export type GpuActivities = {
  [Name in keyof typeof gpuActivities]: (
    input: z.input<(typeof gpuActivities)[Name]['input']>,
  ) => Promise<z.output<(typeof gpuActivities)[Name]['output']>>
}
