/**
 * The optimiser of a recorded run. `parameters` theta, gradient g of the batch, learning rate lr of the step, t from 0:
 *
 *   sgd-momentum  m = momentum m + g                       theta = theta (1 - lr weightDecay) - lr m
 *   adam          m = beta1 m + (1 - beta1) g              v = beta2 v + (1 - beta2) g g
 *                 theta = theta (1 - lr weightDecay)
 *                       - lr (m / (1 - beta1^(t+1))) / (sqrt(v / (1 - beta2^(t+1))) + epsilon)
 *
 * m and v start at zero. Nothing else may touch the gradient (no clipping, no noise): a run that does needs its own kind.
 */
export type RecordedOptimiser =
  | { kind: 'sgd-momentum'; momentum: number; weightDecay: number }
  | { kind: 'adam'; beta1: number; beta2: number; epsilon: number; weightDecay: number }

/** What one step of training leaves behind. B slots, P parameters, gradients in nats per unit of parameter. */
export type RecordedStep = {
  /** The rate that this step used, after warm-up and decay. */
  learningRate: number
  /** [B]: the row of each slot in the run's list of samples, 0 to samples - 1; -1 for an empty slot of a short batch. */
  sampleIndexes: Int32Array
  /**
   * [P], exactly what the optimiser was given:
   *
   *   batchGradient = (1/B) sum over slots b of weight_b · gradients[b]
   *
   * weight 1 for a sample that is there, 0 for one that is missing or removed. The divisor stays B, the number of slots,
   * whatever the weights: so leaving a sample out changes nothing but its own term, which is the counterfactual that the
   * scores claim. Sum and optimiser may be fp32.
   */
  batchGradient: Float32Array
  /** Row-major [B, P]: gradient of each slot's own mean loss at the parameters before the step, unweighted. */
  gradients: Float32Array
}

/**
 * A training run as its Hessian-free unroll reads it: a small header and one reader by step.
 *
 * `step(t)` may be called for any t from 0 to steps - 1, in any order and more than once (a run is read once for the
 * diagonals and once for each pass over the samples). The arrays may be reused by the next call: readers copy what they keep.
 */
export type TrainingRecord = {
  optimiser: RecordedOptimiser
  /** T */
  steps: number
  /** N */
  samples: number
  /** P: length of the flat vector theta. */
  parameters: number
  step(t: number): Promise<RecordedStep>
}
