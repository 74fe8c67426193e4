import type { RecordedOptimiser, RecordedStep } from './trainingRecord.ts'

/** What a step of training leaves behind for good: the batch gradient, and none of its terms. */
export type PathStep = Omit<RecordedStep, 'gradients'>

/**
 * A finished training run as its exact unroll reads it. Every state (theta, m, v) follows from `start` and the batch
 * gradients by optimiserStep to the bit, without computing one gradient again: 4·P bytes a step are all that is kept.
 *
 * `step(t)` may be called for any t from 0 to steps - 1, in any order and more than once; readers copy what they keep.
 */
export type TrainingPath = {
  optimiser: RecordedOptimiser
  /** T */
  steps: number
  /** N */
  samples: number
  /** P */
  parameters: number
  /** [P], before the first step. */
  start: Float32Array
  /** [N], of the run; all 1 unless given. */
  weights?: Float32Array
  step(t: number): Promise<PathStep>
}

/** Computes what attribution cannot know: gradients of a run's samples at parameters of its choice. */
export type GradientOracle = {
  samples: number
  parameters: number
  /**
   * Loss and gradient [P] of each sample's own mean loss (nats), unweighted, at `thetas[theta]`, in the order of `rows`.
   * One call may mix parameters: an engine for many adapters computes them together.
   */
  gradients(
    rows: readonly { sample: number; theta: number }[],
    thetas: readonly Float32Array[],
  ): Promise<{ lossNats: number; gradient: Float32Array }[]>
}

/** Trains for real: final parameters [P] for each vector of sample weights [N]. The judge of every prediction. */
export type Trainer = { train(weights: readonly Float32Array[]): Promise<Float32Array[]> }
