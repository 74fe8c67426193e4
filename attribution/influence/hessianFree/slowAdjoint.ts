import type { TrainingRecord } from '../../../kernel/index.ts'

/**
 * The readable reference of the Hessian-free unroll: carries one answer's adjoint back through the run, state by state, as
 * one differentiates a program by hand. `gradient` [P] is the adjoint of the final parameters; returns scores [N], nats.
 * Cost: T·P numbers of moments and T·B·P multiply-adds, for every answer again.
 */
export async function slowAdjoint(record: TrainingRecord, gradient: ArrayLike<number>): Promise<Float64Array> {
  const { optimiser } = record
  const zeros = () => Array.from({ length: record.parameters }, () => 0)
  const moments = [{ m: zeros(), v: zeros() }]
  for (let t = 0; t < record.steps; t++) {
    const g = (await record.step(t)).batchGradient
    const { m, v } = moments[t]!
    if (optimiser.kind === 'adam') {
      const { beta1, beta2 } = optimiser
      moments.push({
        m: m.map((x, p) => beta1 * x + (1 - beta1) * g[p]!),
        v: v.map((x, p) => beta2 * x + (1 - beta2) * g[p]! ** 2),
      })
    } else moments.push({ m: m.map((x, p) => optimiser.momentum * x + g[p]!), v })
  }

  const scores = new Float64Array(record.samples)
  const dTheta = Array.from(gradient)
  const dm = zeros()
  const dv = zeros()
  for (let t = record.steps - 1; t >= 0; t--) {
    const { learningRate: lr, batchGradient: g, gradients, sampleIndexes } = await record.step(t)
    const dg = zeros()
    for (const p of dg.keys()) {
      if (optimiser.kind === 'adam') {
        const { beta1, beta2, epsilon } = optimiser
        const c1 = 1 - beta1 ** (t + 1)
        const c2 = 1 - beta2 ** (t + 1)
        const mHat = moments[t + 1]!.m[p]! / c1
        const root = Math.sqrt(moments[t + 1]!.v[p]! / c2)
        dm[p]! += (-lr * dTheta[p]!) / (root + epsilon) / c1
        if (root > 0) dv[p]! += (((lr * mHat) / (root + epsilon) ** 2 / (2 * root)) * dTheta[p]!) / c2
        dg[p] = dm[p]! * (1 - beta1) + dv[p]! * (1 - beta2) * 2 * g[p]!
        dm[p]! *= beta1
        dv[p]! *= beta2
      } else {
        dm[p]! += -lr * dTheta[p]!
        dg[p] = dm[p]!
        dm[p]! *= optimiser.momentum
      }
      dTheta[p]! *= 1 - lr * optimiser.weightDecay
    }
    for (const [b, sample] of sampleIndexes.entries()) {
      if (sample < 0) continue
      for (const p of dg.keys()) scores[sample]! -= (dg[p]! * gradients[b * dg.length + p]!) / sampleIndexes.length
    }
  }
  return scores
}
