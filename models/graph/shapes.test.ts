import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Dim } from './onnx.ts'
import { broadcastShapes, elementsOf, scaledDim, stretchedAxes, transposeLast, type Shape } from './shapes.ts'

const sizes: Record<string, number> = { b: 5, s: 7 }
const dim = fc.constantFrom<Dim>('b', 's', 1, 2, 3)
const shape = fc.array(dim, { maxLength: 4 })
const concrete = (dims: Shape): number[] => dims.map((d) => (typeof d === 'number' ? d : sizes[d]!))

/** ONNX's rule on plain numbers, written the other way round: null where two lengths clash. */
function numericBroadcast(a: number[], b: number[]): number[] | null {
  const out: number[] = []
  for (let i = 1; i <= Math.max(a.length, b.length); i++) {
    const [x, y] = [a.at(-i) ?? 1, b.at(-i) ?? 1]
    if (x !== 1 && y !== 1 && x !== y) return null
    out.unshift(Math.max(x, y))
  }
  return out
}
const attempt = <T>(run: () => T): T | string => {
  try {
    return run()
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('broadcastShapes', () => {
  it('gives on names what the numbers behind them give, or graph/shape where they clash', () => {
    let refused = 0
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        const found = attempt(() => concrete(broadcastShapes(a, b)))
        const wanted = numericBroadcast(concrete(a), concrete(b))
        if (!wanted) refused++
        expect(found).toEqual(wanted ?? 'graph/shape')
      }),
      { numRuns: 500, seed: 1 },
    )
    expect(refused).toBeGreaterThan(100)
  })

  it('does not care for the order, and a shape with itself is itself', () => {
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        expect(attempt(() => broadcastShapes(a, b))).toEqual(attempt(() => broadcastShapes(b, a)))
        expect(broadcastShapes(a, a)).toEqual(a)
      }),
    )
  })
})

describe('stretchedAxes', () => {
  it('undoes a broadcast: with the axes at length 1 and the leading ones gone, the operand is back', () => {
    fc.assert(
      fc.property(shape, fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), fc.nat(4), (to, ones, lead) => {
        const operand = to.slice(Math.min(lead, to.length)).map((d, i) => (ones[i] ? 1 : d))
        const whole = broadcastShapes(to, operand)
        const axes = stretchedAxes(whole, operand)
        const back = whole.map((d, i) => (axes.includes(i) ? 1 : d)).slice(whole.length - operand.length)
        expect(back).toEqual(operand)
        for (const axis of axes) expect(axis < whole.length - operand.length || whole[axis] !== 1).toBe(true)
      }),
    )
  })

  it('refuses a rank or a length that no broadcast came from', () => {
    expect(attempt(() => stretchedAxes(['s'], ['b', 's']))).toBe('graph/shape')
    expect(attempt(() => stretchedAxes(['b', 's'], ['s', 's']))).toBe('graph/shape')
  })
})

it('elementsOf counts factors and names: [b, 4*s, 8] is 32 of b and s, whatever the order', () => {
  expect(elementsOf(['b', scaledDim('s', 4), 8])).toEqual({ factor: 32, names: ['b', 's'] })
  expect(elementsOf(['s', 32, 'b'])).toEqual(elementsOf(['b', '4*s', 8]))
  expect(scaledDim(6, 4)).toBe(24)
})

it('transposeLast exchanges the last two axes and refuses a vector', () => {
  expect(transposeLast(['b', 's', 3])).toEqual(['b', 3, 's'])
  expect(attempt(() => transposeLast(['s']))).toBe('graph/shape')
})
