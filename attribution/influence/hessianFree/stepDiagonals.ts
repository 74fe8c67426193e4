import { TributaryError, type RecordedOptimiser, type TrainingRecord } from '../../../kernel/index.ts'
import { checkOptimiser } from '../checkOptimiser.ts'

/**
 * How much the final parameters answer to the batch gradient of each step, parameter by parameter, with H = 0.
 *
 *   D[t] = - d theta[T] / d batchGradient[t]            (a diagonal: without the Hessian no parameter moves another)
 *
 * The adjoint runs backwards over the optimiser's state. With lambda = product over later steps of (1 - lr weightDecay):
 *
 *   sgd    a_m[t] = momentum a_m[t+1] + lr lambda                               D = a_m[t]
 *   adam   a_m[t] = beta1 a_m[t+1] + lr/c1 lambda / den
 *          a_v[t] = beta2 a_v[t+1] - lr (m/c1) lambda / (den² · 2 sqrt(v/c2) · c2)    D = (1-beta1) a_m + 2 (1-beta2) g a_v
 *
 * with c1 = 1 - beta1^(t+1), c2 = 1 - beta2^(t+1), den = sqrt(v/c2) + epsilon. The second line of adam is the way through the
 * second moment. Where v is still zero, every gradient so far was, and that way counts as zero (it has no derivative there).
 *
 * Shapes: returns T of [P], fp32; moments are recomputed from the recorded batch gradients in fp64.
 * Cost: one read of the record, about 20 T·P operations, 4·T·P bytes.
 * Throws attribution/shape, attribution/not-finite, attribution/optimiser.
 */
export async function stepDiagonals(record: TrainingRecord): Promise<Float32Array[]> {
  const gradients: Float32Array[] = []
  const rates: number[] = []
  for (let t = 0; t < record.steps; t++) {
    const { batchGradient, learningRate } = await record.step(t)
    if (batchGradient.length !== record.parameters) refuseShape(t, batchGradient.length, record.parameters)
    if (!Number.isFinite(learningRate) || !batchGradient.every(Number.isFinite)) refuseNotFinite(t)
    gradients.push(batchGradient.slice())
    rates.push(learningRate)
  }
  checkOptimiser(record.optimiser)
  const lambdas = decayAfter(rates, record.optimiser.weightDecay)
  // Each parameter is on its own: its gradients are read and its diagonals are written in place, so no moments are stored.
  if (record.optimiser.kind === 'adam') adamInPlace(gradients, rates, lambdas, record.optimiser)
  else sgdInPlace(gradients, rates, lambdas, record.optimiser)
  return gradients
}

function decayAfter(rates: readonly number[], weightDecay: number): Float64Array {
  const lambdas = new Float64Array(rates.length).fill(1)
  for (let t = rates.length - 2; t >= 0; t--) lambdas[t] = lambdas[t + 1]! * (1 - rates[t + 1]! * weightDecay)
  return lambdas
}

type Kind<K extends RecordedOptimiser['kind']> = Extract<RecordedOptimiser, { kind: K }>

function sgdInPlace(
  g: Float32Array[],
  rates: number[],
  lambdas: Float64Array,
  { momentum }: Kind<'sgd-momentum'>,
): void {
  let a = 0
  for (let t = g.length - 1; t >= 0; t--) {
    a = momentum * a + rates[t]! * lambdas[t]!
    g[t]!.fill(a)
  }
}

function adamInPlace(g: Float32Array[], rates: number[], lambdas: Float64Array, adam: Kind<'adam'>): void {
  const { beta1, beta2, epsilon } = adam
  const steps = g.length
  const c1 = Float64Array.from(g, (_, t) => 1 - beta1 ** (t + 1))
  const c2 = Float64Array.from(g, (_, t) => 1 - beta2 ** (t + 1))
  const ms = new Float64Array(steps)
  const vs = new Float64Array(steps)
  for (let p = 0; p < (g[0]?.length ?? 0); p++) {
    for (let t = 0, m = 0, v = 0; t < steps; t++) {
      const x = g[t]![p]!
      ms[t] = m = beta1 * m + (1 - beta1) * x
      vs[t] = v = beta2 * v + (1 - beta2) * x * x
    }
    for (let t = steps - 1, am = 0, av = 0; t >= 0; t--) {
      const root = Math.sqrt(vs[t]! / c2[t]!)
      const den = root + epsilon
      const push = rates[t]! * lambdas[t]!
      am = beta1 * am + push / (c1[t]! * den)
      av *= beta2
      if (root > 0) av -= (push * (ms[t]! / c1[t]!)) / (den * den * 2 * root * c2[t]!)
      g[t]![p] = (1 - beta1) * am + 2 * (1 - beta2) * g[t]![p]! * av
    }
  }
}

function refuseShape(step: number, found: number, parameters: number): never {
  throw new TributaryError(`Step ${step} recorded a gradient of another length.`, {
    code: 'attribution/shape',
    facts: { step, found, parameters },
    tryThis: 'read the record with the adapter layout of its own run',
  })
}

function refuseNotFinite(step: number): never {
  throw new TributaryError(`Step ${step} recorded a number that is not finite.`, {
    code: 'attribution/not-finite',
    facts: { step },
    tryThis: 'a diverged run has no attribution: lower its learning rate and train again',
  })
}
