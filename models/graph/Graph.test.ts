import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Graph, type Val } from './Graph.ts'
import { gradients } from './gradients.ts'
import type { DType } from './onnx.ts'
import { openGraph } from './openGraph.ts'
import { add } from './ops/add.ts'
import { concat } from './ops/concat.ts'
import { gather } from './ops/gather.ts'
import { matmul } from './ops/matmul.ts'
import { multiply } from './ops/multiply.ts'
import { reshape } from './ops/reshape.ts'
import { rmsNorm } from './ops/rmsNorm.ts'
import { subtract } from './ops/subtract.ts'
import { sumLast } from './ops/sumLast.ts'
import { transpose } from './ops/transpose.ts'
import { floats, ints } from './reference/batch.ts'
import { tempDir } from './reference/tempDir.ts'
import type { Shape } from './shapes.ts'
import { squeeze } from './ops/unsqueeze.ts'

const dir = tempDir()
const sizes: Record<string, number> = { b: 2, s: 4 }
const concrete = (shape: Shape): number[] => shape.map((d) => (typeof d === 'number' ? d : sizes[d]!))
const count = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1)
/** Small whole numbers, so that float32 is exact and results can be compared for equality. */
const whole = (n: number, salt: number): number[] => Array.from({ length: n }, (_, i) => ((i * 7 + salt * 5) % 9) - 4)

/** All index tuples of these dimensions. */
const tuples = (dims: readonly number[]): number[][] =>
  dims.reduce<number[][]>((all, d) => all.flatMap((t) => Array.from({ length: d }, (_, i) => [...t, i])), [[]])
/** Where the element of a broadcast tensor lies in an operand. */
const offset = (at: readonly number[], dims: readonly number[]): number =>
  dims.reduce((sum, d, i) => sum * d + (d === 1 ? 0 : at[at.length - dims.length + i]!), 0)

describe('gradients of broadcast operators, against plain loops', () => {
  const axis = fc.constantFrom<'b' | 's' | 3>('b', 's', 3)
  const operands = fc
    .tuple(fc.array(axis, { minLength: 1, maxLength: 4 }), fc.nat(3), fc.nat(15), fc.nat(15))
    .map(([full, lead, onesA, onesB]) => {
      const cut = (shape: Shape, ones: number): Shape => shape.map((d, i) => ((ones >> i) & 1 ? 1 : d))
      return [cut(full, onesA), cut(full.slice(Math.min(lead, full.length - 1)), onesB)] as const
    })

  type Slope = (x: number, y: number) => number
  it.each<[string, typeof add, Slope, Slope, Slope]>([
    ['add', add, (x, y) => x + y, () => 1, () => 1],
    ['subtract', subtract, (x, y) => x - y, () => 1, () => -1],
    ['multiply', multiply, (x, y) => x * y, (_, y) => y, (x) => x],
  ])('%s: values and both gradients, exactly, over 40 pairs of symbolic shapes', async (_name, build, f, dx, dy) => {
    await fc.assert(
      fc.asyncProperty(operands, async ([a, b]) => {
        const graph = new Graph()
        const [x, y] = [graph.input('x', 'f32', a), graph.input('y', 'f32', b)]
        const z = build(graph, x, y)
        const g = graph.input('g', 'f32', z.shape)
        const [gx, gy] = gradients(graph, multiply(graph, z, g), [x, y]) as [Val, Val]
        graph.output('z', z)
        graph.output('gx', gx)
        graph.output('gy', gy)
        const [da, db, dz] = [concrete(a), concrete(b), concrete(z.shape)]
        const [xs, ys, gs] = [whole(count(da), 1), whole(count(db), 2), whole(count(dz), 3)]
        const session = await openGraph(graph.encode(), { dir })
        const found = await session.run({ x: floats(xs, da), y: floats(ys, db), g: floats(gs, dz) })

        const [wantedX, wantedY] = [new Float32Array(xs.length), new Float32Array(ys.length)]
        const wantedZ = Float32Array.from(tuples(dz), (at, i) => {
          const [p, q] = [offset(at, da), offset(at, db)]
          wantedX[p]! += gs[i]! * dx(xs[p]!, ys[q]!)
          wantedY[q]! += gs[i]! * dy(xs[p]!, ys[q]!)
          return f(xs[p]!, ys[q]!)
        })
        expect(found['z']!.dims).toEqual(dz)
        expect(found['z']!.data).toEqual(wantedZ)
        expect(plain(found['gx']!.data)).toEqual(plain(wantedX))
        expect(plain(found['gy']!.data)).toEqual(plain(wantedY))
      }),
      { numRuns: 40, seed: 4 },
    )
  })

  it('matmul: values and both gradients, exactly, for every transposition, alpha and broadcast of leading axes', async () => {
    const lead = fc.constantFrom<Shape>([], [3], [1], ['b', 3], [1, 3], ['b', 1])
    let runs = 0
    await fc.assert(
      fc.asyncProperty(lead, lead, fc.boolean(), fc.boolean(), fc.constantFrom(1, 2), async (la, lb, ta, tb, alpha) => {
        const [m, k, n] = ['s', 3, 5] as const
        const a = [...la, ...(ta ? [k, m] : [m, k])]
        const b = [...lb, ...(tb ? [n, k] : [k, n])]
        const graph = new Graph()
        const [x, y] = [graph.input('x', 'f32', a), graph.input('y', 'f32', b)]
        const z = matmul(graph, x, y, { transposeA: ta, transposeB: tb, alpha })
        const g = graph.input('g', 'f32', z.shape)
        const [gx, gy] = gradients(graph, multiply(graph, z, g), [x, y]) as [Val, Val]
        for (const [name, value] of Object.entries({ z, gx, gy })) graph.output(name, value)
        const [da, db, dz] = [concrete(a), concrete(b), concrete(z.shape)]
        const [xs, ys, gs] = [whole(count(da), 1), whole(count(db), 2), whole(count(dz), 3)]
        const session = await openGraph(graph.encode(), { dir })
        const found = await session.run({ x: floats(xs, da), y: floats(ys, db), g: floats(gs, dz) })

        const [wantedX, wantedY] = [new Float32Array(xs.length), new Float32Array(ys.length)]
        const wantedZ = Float32Array.from(tuples(dz), (at, out) => {
          const [row, column] = at.slice(-2) as [number, number]
          return [0, 1, 2].reduce((sum, i) => {
            const p = offset([...at.slice(0, -2), ...(ta ? [i, row] : [row, i])], da)
            const q = offset([...at.slice(0, -2), ...(tb ? [column, i] : [i, column])], db)
            wantedX[p]! += alpha * gs[out]! * ys[q]!
            wantedY[q]! += alpha * gs[out]! * xs[p]!
            return sum + alpha * xs[p]! * ys[q]!
          }, 0)
        })
        expect(plain(found['z']!.data)).toEqual(plain(wantedZ))
        expect(plain(found['gx']!.data)).toEqual(plain(wantedX))
        expect(plain(found['gy']!.data)).toEqual(plain(wantedY))
        runs++
      }),
      { numRuns: 60, seed: 5 },
    )
    expect(runs).toBe(60)
  })
})

// -0 and 0 are the same number here: a sum may give either.
function plain(data: unknown): number[] {
  return Array.from(data as Float32Array, (v) => v + 0)
}

describe('Graph', () => {
  it('encodes only what its outputs need, and onnxruntime loads and runs the rest', async () => {
    const graph = new Graph()
    const x = graph.input('x', 'f32', ['b', 4])
    const used = add(graph, x, graph.table('used', [4], Float32Array.of(1, 2, 3, 4)))
    multiply(graph, used, graph.table('unused', [4], Float32Array.of(5, 6, 7, 8)))
    graph.output('y', used)
    const bytes = graph.encode()
    const text = Buffer.from(bytes).toString('latin1')
    expect([text.includes('unused'), text.includes('used'), text.includes('Mul')]).toEqual([false, true, false])
    const { y } = await (await openGraph(bytes, { dir })).run({ x: floats([1, 1, 1, 1, 0, 0, 0, 0], [2, 4]) })
    expect([...(y!.data as Float32Array)]).toEqual([2, 3, 4, 5, 1, 2, 3, 4])
    expect(graph.encode()).toEqual(bytes)
  })

  it('asks the norm for 1 / rms only in a graph that takes its gradient', () => {
    const outputsOfNorm = (differentiate: boolean): number => {
      const graph = new Graph()
      const x = graph.input('x', 'f32', ['b', 4])
      const y = rmsNorm(graph, x, graph.table('w', [4], new Float32Array(4).fill(1)), 1e-5)
      graph.output('y', differentiate ? gradients(graph, sumLast(graph, y), [x])[0]! : y)
      return Buffer.from(graph.encode()).toString('latin1').includes('v1') ? 2 : 1
    }
    expect([outputsOfNorm(false), outputsOfNorm(true)]).toEqual([1, 2])
  })

  it('sums two ways by which a value reaches the loss: d(x·x + 3x)/dx is 2x + 3', async () => {
    const graph = new Graph()
    const x = graph.input('x', 'f32', ['b'])
    const y = add(graph, multiply(graph, x, x), multiply(graph, x, graph.float(3)))
    graph.output('g', gradients(graph, y, [x])[0]!)
    const { g } = await (await openGraph(graph.encode(), { dir })).run({ x: floats([-2, 0, 5], [3]) })
    expect([...(g!.data as Float32Array)]).toEqual([-1, 3, 13])
  })

  it('gathers rows, and gives their gradient back to the table, adding up repeated rows', async () => {
    const graph = new Graph()
    const [table, at] = [graph.input('table', 'f32', [3, 2]), graph.input('at', 'i64', ['s'])]
    const rows = gather(graph, table, at)
    const weight = graph.input('w', 'f32', ['s', 2])
    graph.output('g', gradients(graph, multiply(graph, rows, weight), [table])[0]!)
    const session = await openGraph(graph.encode(), { dir })
    const feeds = {
      table: floats(whole(6, 1), [3, 2]),
      at: ints([2, 0, 2], [3]),
      w: floats([1, 2, 3, 4, 5, 6], [3, 2]),
    }
    expect([...((await session.run(feeds))['g']!.data as Float32Array)]).toEqual([3, 4, 0, 0, 6, 8])
  })

  const input = (graph: Graph, shape: Shape, dtype: DType = 'f32'): Val =>
    graph.input(`i${shape.join()}${dtype}`, dtype, shape)
  it.each<[string, string, (graph: Graph) => unknown]>([
    ['two names that differ', 'graph/shape', (g) => add(g, input(g, ['b']), input(g, ['s']))],
    ['inner lengths that differ', 'graph/shape', (g) => matmul(g, input(g, ['b', 3]), input(g, [4, 's']))],
    ['a vector as a matrix', 'graph/shape', (g) => matmul(g, input(g, [3]), input(g, [3, 2]))],
    ['elements that do not fit', 'graph/shape', (g) => reshape(g, input(g, ['b', 6]), ['b', 5])],
    ['two names that move', 'graph/shape', (g) => reshape(g, input(g, ['b', 's', 6]), [6, 'b', 's'])],
    ['an axis twice', 'graph/shape', (g) => transpose(g, input(g, ['b', 6]), [0, 0])],
    ['an axis longer than 1', 'graph/shape', (g) => squeeze(g, input(g, ['b', 6]), [1])],
    ['a sum over a length not known', 'graph/shape', (g) => sumLast(g, input(g, ['b', 's']))],
    ['mixed types', 'graph/dtype', (g) => add(g, input(g, ['b']), input(g, ['b'], 'i64'))],
    ['an index that is a float', 'graph/dtype', (g) => gather(g, input(g, [4, 2]), input(g, ['b']))],
    ['a product of integers', 'graph/dtype', (g) => matmul(g, input(g, [2, 2], 'i64'), input(g, [2, 2]))],
    [
      'an operator without a rule',
      'graph/no-vjp',
      (g) => {
        const x = input(g, ['b', 2])
        return gradients(g, concat(g, [x, x], 1, 4), [x])
      },
    ],
    ['a leaf that is not used', 'graph/unreachable', (g) => gradients(g, input(g, ['b']), [input(g, [3])])],
    ['no output', 'graph/no-output', (g) => g.encode()],
  ])('refuses %s as %s', (_, code, build) => {
    expect(() => build(new Graph())).toThrow(expect.objectContaining({ code }))
  })
})
