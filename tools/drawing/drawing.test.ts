import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escapeText } from './escapeText.ts'
import { intervalBarsSvg } from './intervalBarsSvg.ts'
import { niceTicks } from './niceTicks.ts'
import { scatterSvg } from './scatterSvg.ts'

const evil = '"><script>alert(1)</script>\'`\0\u202Eevil'

describe('escapeText', () => {
  test('five characters of markup and the backtick become references, a direction override becomes its name', () => {
    expect(escapeText('a<b>&"\'`')).toBe('a&#60;b&#62;&#38;&#34;&#39;&#96;')
    expect(escapeText('x\u202Ey\u200Bz\0\uD800')).toBe('x[U+202E]y[U+200B]z\uFFFD\uFFFD')
    expect(escapeText('Größe 東京 👩\u200D🔬')).toBe('Größe 東京 👩\u200D🔬')
  })

  test('nothing that it returns opens a tag or ends a quote, for 200 texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeText(text)).not.toMatch(/[<>"'`]/)
      }),
      { numRuns: 200 },
    )
  })
})

test('ticks are round, ascending, hold the range, and are at most 8', () => {
  expect(niceTicks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
  expect(niceTicks(-0.03, 0.97)).toEqual([-0.2, 0, 0.2, 0.4, 0.6, 0.8, 1])
  fc.assert(
    fc.property(
      fc.integer({ min: -1e6, max: 1e6 }),
      fc.nat(1e6),
      fc.integer({ min: -4, max: 4 }),
      (from, span, power) => {
        const [low, high] = [from * 10 ** power, (from + span) * 10 ** power]
        const ticks = niceTicks(low, high)
        const rounding = Math.max(Math.abs(low), Math.abs(high)) * 1e-9
        expect(ticks.length).toBeGreaterThanOrEqual(2)
        expect(ticks.length).toBeLessThanOrEqual(8)
        expect(ticks[0]).toBeLessThanOrEqual(low + rounding)
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(high - rounding)
        expect(ticks).toEqual([...new Set(ticks)].toSorted((a, b) => a - b))
      },
    ),
  )
})

describe('intervalBarsSvg', () => {
  const bars = [
    { label: 'exact unroll', value: 0.5, low: 0.4, high: 0.6 },
    { label: evil, value: 0.25, mark: 'peer' as const },
    { label: 'EK-FAC', value: Number.NaN },
  ]
  const svg = intervalBarsSvg({
    title: 'LDS',
    unit: 'rank correlation',
    bars,
    goal: { value: 0.97, label: 'goal' },
    to: 1,
  })

  test('a bar of .5 is twice as long as one of .25, and its whisker runs from .4 to .6 around its end', () => {
    const [ours, peer] = [...svg.matchAll(/<rect class="(s0|peer)" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)]
    expect([ours![1], peer![1]]).toEqual(['s0', 'peer'])
    expect(Number(ours![3]) / Number(peer![3])).toBeCloseTo(2, 2)
    const [, low, high] = /class="whisker" d="M([\d.]+) [\d.]+H([\d.]+)/.exec(svg)!
    const end = Number(ours![2]) + Number(ours![3])
    expect((Number(low) + Number(high)) / 2).toBeCloseTo(end, 0)
    expect(Number(high) - Number(low)).toBeCloseTo(Number(ours![3]) * 0.4, 0)
  })

  test('a value that is not finite is not measured, and a label of markup stays text', () => {
    expect(svg).toContain('not measured')
    expect(svg).not.toContain('NaN')
    expect(svg).not.toContain('<script')
    expect(svg).toContain('&#60;script&#62;')
  })
})

describe('scatterSvg', () => {
  test('points lie in proportion, a larger y higher up, series get colours and a legend, a NaN is counted', () => {
    const svg = scatterSvg({
      title: 'Predicted against actual',
      x: 'predicted, nats',
      y: 'actual, nats',
      diagonal: true,
      points: [
        { x: 0, y: 0, series: 'unroll' },
        { x: 1, y: 1, series: 'unroll', label: evil },
        { x: 2, y: 2, series: 'BM25' },
        { x: 1, y: Number.NaN },
      ],
    })
    const circles = [...svg.matchAll(/<circle class="(s\d)" cx="([\d.]+)" cy="([\d.]+)" r="4" fill-opacity/g)]
    const [a, b, c] = circles.map(([, series, x, y]) => ({ series, x: Number(x), y: Number(y) }))
    expect(circles).toHaveLength(3)
    expect(b!.x - a!.x).toBeCloseTo(c!.x - b!.x, 0)
    expect(a!.y - b!.y).toBeCloseTo(b!.y - c!.y, 0)
    expect(a!.y).toBeGreaterThan(c!.y)
    expect([a!.series, b!.series, c!.series]).toEqual(['s0', 's0', 's1'])
    expect(svg).toContain('1 points are not finite')
    expect(svg).toContain('class="goal"')
    expect(svg).not.toContain('<script')
  })

  test('no points at all make an empty picture, not a broken one', () => {
    const svg = scatterSvg({ title: 'Nothing', x: 'x', y: 'y', points: [] })
    expect(svg).not.toMatch(/NaN|Infinity/)
    expect(svg).not.toContain('fill-opacity')
  })
})
