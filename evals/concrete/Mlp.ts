/**
 * A multilayer perceptron for one number, SiLU between its layers, with its gradient by hand: plain loops in fp64 over
 * fp32 parameters.
 *
 *   a_0 = x,  z_l = W_l a_(l-1) + b_l,  a_l = z_l sigmoid(z_l),  f = z_L,  loss = (f - y)^2 / 2
 *
 * The loss is the negative log-likelihood of a normal with variance 1 without its constant, in nats. Parameters are flat in
 * the order of PyTorch's `parameters()` of the same layers: W_1 [out, in] row-major, b_1, W_2, ... so that peers read them
 * as they are. Cost: three multiply-adds a parameter for a gradient. Not re-entrant: scratch belongs to the object.
 */
export class Mlp {
  readonly parameters: number
  readonly #widths: readonly number[]
  readonly #sums: readonly Float64Array[]
  readonly #values: readonly Float64Array[]
  readonly #slopes: readonly Float64Array[]

  /** `widths`: inputs, hidden layers, 1. */
  constructor(widths: readonly number[]) {
    this.#widths = widths
    this.parameters = widths.slice(1).reduce((sum, width, l) => sum + width * (widths[l]! + 1), 0)
    this.#sums = widths.map((width) => new Float64Array(width))
    this.#values = widths.map((width) => new Float64Array(width))
    this.#slopes = widths.map((width) => new Float64Array(width))
  }

  get widths(): readonly number[] {
    return this.#widths
  }

  lossNats(theta: Float32Array, input: Float64Array, target: number): number {
    return (this.#forward(theta, input) - target) ** 2 / 2
  }

  /** Writes the gradient [P] of the loss; returns the loss. */
  gradient(theta: Float32Array, input: Float64Array, { target, into }: { target: number; into: Float32Array }): number {
    const error = this.#forward(theta, input) - target
    const last = this.#widths.length - 1
    this.#slopes[last]![0] = error
    let end = this.parameters
    for (let l = last; l > 0; l--) {
      const below = this.#values[l - 1]!
      const slopes = this.#slopes[l]!
      const fan = below.length
      const biases = end - slopes.length
      const start = biases - slopes.length * fan
      const passed = this.#slopes[l - 1]!.fill(0)
      for (let j = 0; j < slopes.length; j++) {
        const slope = slopes[j]!
        const row = start + j * fan
        into[biases + j] = slope
        for (let i = 0; i < fan; i++) {
          into[row + i] = slope * below[i]!
          passed[i] = passed[i]! + slope * theta[row + i]!
        }
      }
      const sums = this.#sums[l - 1]!
      if (l > 1) {
        for (let i = 0; i < fan; i++) {
          const gate = 1 / (1 + Math.exp(-sums[i]!))
          passed[i] = passed[i]! * gate * (1 + sums[i]! * (1 - gate))
        }
      }
      end = start
    }
    return error ** 2 / 2
  }

  #forward(theta: Float32Array, input: Float64Array): number {
    this.#values[0]!.set(input)
    const last = this.#widths.length - 1
    let at = 0
    for (let l = 1; l <= last; l++) {
      const below = this.#values[l - 1]!
      const sums = this.#sums[l]!
      const values = this.#values[l]!
      const fan = below.length
      const biases = at + sums.length * fan
      for (let j = 0; j < sums.length; j++) {
        let sum = theta[biases + j]!
        for (let i = 0; i < fan; i++) sum += theta[at + i]! * below[i]!
        at += fan
        sums[j] = sum
        values[j] = l === last ? sum : sum / (1 + Math.exp(-sum))
      }
      at += sums.length
    }
    return this.#sums[last]![0]!
  }
}
