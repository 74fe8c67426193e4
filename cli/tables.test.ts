import fc from 'fast-check'
import { expect, test } from 'vitest'
import { datanetNameOf } from './datanetNameOf.ts'
import { drawTable } from './drawTable.ts'
import { fit, plainText, widthOf, wrap } from './fitText.ts'
import { formatOpen, formatWei } from './formatWei.ts'
import { parseDuration } from './parseDuration.ts'
import { printFailure } from './printFailure.ts'
import { printSummary } from './printSummary.ts'
import { terminalWidth } from './terminalWidth.ts'
import { TributaryError, type Digest } from '../kernel/index.ts'
import { tourSummary } from '../tools/definitions.ts'

// eslint-disable-next-line no-control-regex -- what must not be in the output
const controls = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E]/

test('a text is fitted to its columns: wide characters count two, marks none, and what is cut ends in …', () => {
  expect(widthOf('river')).toBe(5)
  expect(widthOf('河川')).toBe(4)
  expect(widthOf('e\u0301te')).toBe(3)
  expect(fit('tributary', 9)).toBe('tributary')
  expect(fit('tributary', 8)).toBe('tributa…')
  expect(fit('河川河川', 6)).toBe('河川…')
  expect(wrap('one two three four', 9, 3)).toEqual(['one two', 'three', 'four'])
  expect(wrap('one two three four', 9, 2)).toEqual(['one two', 'three fo…'])
})

test('no line of a wrapped text is wider than asked, none of its words is lost while there is room', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1 }),
      fc.integer({ min: 8, max: 40 }),
      (words, width) => {
        const lines = wrap(words.join(' '), width, 1_000)
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width)
        expect(lines.join(' ')).toBe(words.join(' '))
      },
    ),
    { seed: 5 },
  )
})

test('a table is no wider than the terminal while its rigid columns fit, and aligns its numbers at the right', () => {
  const columns = [
    { head: 'name', lines: 2 },
    { head: 'n', align: 'right' as const },
  ]
  const rows = [
    ['a name that is rather long for a column', '7'],
    ['b', '1234'],
  ]
  expect(drawTable(columns, rows, 24).split('\n')).toEqual([
    'name                   n',
    '────────────────────────',
    'a name that is         7',
    'rather long for a…',
    'b                   1234',
  ])
})

test('texts of others cannot steer the terminal', () => {
  expect(plainText('a\u001B[31mred\u001B]0;title\u0007 \u202Ereversed\r\nb')).not.toMatch(controls)
})

test('wei become OPEN cut at a millionth; less than that is not shown as nothing', () => {
  expect(formatOpen(0n)).toBe('0.000000')
  expect(formatOpen(1n)).toBe('<0.000001')
  expect(formatOpen(10n ** 12n)).toBe('0.000001')
  expect(formatOpen(1_999_999_999_999n)).toBe('0.000001')
  expect(formatWei(12_345_678_900_000_000_000n)).toBe('12.345678 OPEN')
})

test('lengths of time: 90s, 1.5m and 2h; anything else is cli/duration', () => {
  expect([parseDuration('90s'), parseDuration('1.5m'), parseDuration('2h')]).toEqual([90_000, 90_000, 7_200_000])
  for (const text of ['', '5', 'm', '-1m', '1d', '1m2']) expect(() => parseDuration(text)).toThrow('length of time')
})

test('a corpus gives its Datanet a name of its own, also where another corpus has the same', () => {
  expect(datanetNameOf(undefined, new Set())).toBe('open-source')
  expect(datanetNameOf('/a/My Texts (2).jsonl', new Set())).toBe('my-texts-2')
  expect(datanetNameOf('/b/pages.csv', new Set(['pages']))).toMatch(/^pages-[0-9a-f]{8}$/)
  expect(datanetNameOf('/b/open-source.jsonl', new Set())).toMatch(/^open-source-[0-9a-f]{8}$/)
  expect(datanetNameOf('/b/пример.jsonl', new Set())).toBe('corpus')
  fc.assert(
    fc.property(fc.string(), (name) => {
      expect(datanetNameOf(`/x/${name}`, new Set())).toMatch(/^[a-z0-9][a-z0-9-]{0,62}$/)
    }),
    { seed: 6 },
  )
})

test('a failure is printed with code, facts and next step, a list of 2 sentences line by line; an unforeseen one keeps its stack', () => {
  const lines: string[] = []
  const facts = { file: 'a.jsonl', line: 17, known: ['b', 'c'] }
  printFailure(new TributaryError('It is broken.', { code: 'a/b', facts, tryThis: 'mend it', retry: true }), (l) =>
    lines.push(l),
  )
  expect(lines).toEqual([
    'It is broken. [a/b]',
    '  file: a.jsonl',
    '  line: 17',
    '  known: b; c',
    '  Next: mend it',
    '  The same command can succeed later.',
  ])
  lines.length = 0
  const issues = ['datnet: the recipe has no such input, so nothing is given to it', 'datanet: is missing']
  printFailure(new TributaryError('Two.', { code: 'a/b', facts: { issues } }), (l) => lines.push(l))
  expect(lines).toEqual(['Two. [a/b]', '  issues:', `    ${issues[0]}`, `    ${issues[1]}`])
  printFailure(new Error('unforeseen'), (l) => lines.push(l))
  expect(lines.at(-1)).toMatch(/^Error: unforeseen\n\s+at /)
})

test('without a terminal 100 columns are drawn for, and never fewer than 60', () => {
  expect([terminalWidth({}), terminalWidth({ columns: 20 }), terminalWidth({ columns: 140 })]).toEqual([100, 60, 140])
})

test.each([80, 100, 140])(
  'the summary fits %s columns, in plain text, and shows money, owners, verdicts and steps',
  (width) => {
    const lines: string[] = []
    printSummary(summary, (text) => lines.push(...text.split('\n')), width)
    const text = lines.join('\n')

    expect(text).not.toMatch(controls)
    for (const line of lines.filter((each) => !each.includes('loss curve')))
      expect(widthOf(line)).toBeLessThanOrEqual(width)
    expect(text).toMatch(/npm:river +7 +6 +50\.00\u00A0% +0\.001500 +0\.001500/)
    expect(text).toMatch(/npm:river 62\.50\u00A0%/)
    expect(text).toContain('nobody above the noise floor')
    expect(text).toMatch(/0\.003000 +0\.002400 +0\.000300 +0\.000300 +0\.002400/)
    expect(text).toContain('PASS, 1 checks')
    expect(text).toContain('FAIL at scores: score; it was the duty of the attributor')
    expect(text).toContain('… and 2 more')
    // In the order of the tour, not of the alphabet.
    expect(text.indexOf('datanet  ')).toBeLessThan(text.indexOf('audit  '))
  },
)

const digest = (n: number) => `0x${String(n).padStart(64, '0')}` as Digest
const check = { check: 'scores', detail: 'all as stored' }
const summary = tourSummary.parse({
  tour: 'tour/rivers/1',
  datanet: { name: 'rivers', root: digest(1), samples: 30, accepted: 24, rejected: 6, clusters: 2, contributors: 14 },
  adapter: {
    digest: digest(2),
    alias: 'rivers',
    base: digest(3),
    steps: 8,
    heldOutLossBefore: 3.5,
    heldOutLossAfter: 3.1,
    trainSeconds: 12.34,
    lossCurve: '/home/somebody/a/rather/long/path/pictures/loss.svg',
  },
  contributors: Array.from({ length: 14 }, (_, i) => ({
    payee: i === 0 ? 'npm:river' : `npm:a-contributor-with-quite-a-long-name-${i}`,
    samples: 7,
    accepted: 6,
    sharePpm: i === 0 ? 500_000 : 0,
    earnedWei: i === 0 ? '1500000000000000' : '0',
    claimedWei: i === 0 ? '1500000000000000' : '0',
  })),
  answers: [
    {
      receipt: digest(4),
      question: `What of the \u001B[2Jriver, ${'and of its tributaries, '.repeat(20)}\nand its mouth?`,
      feeWei: '1500000000000000',
      tokens: 12,
      latencyMs: 5,
      top: [
        { sample: digest(5), contributor: 'npm:river', sharePpm: 600_000 },
        { sample: digest(6), contributor: 'npm:delta', sharePpm: 375_000 },
        { sample: digest(7), contributor: 'npm:river', sharePpm: 25_000 },
      ],
    },
    { receipt: digest(8), question: '河'.repeat(90), feeWei: '1500000000000000', tokens: 3, latencyMs: 5, top: [] },
  ],
  settlement: {
    epoch: 1,
    root: digest(9),
    receivedWei: '3000000000000000',
    paidWei: '2400000000000000',
    treasuryWei: '300000000000000',
    poolWei: '300000000000000',
    claimedWei: '2400000000000000',
  },
  audits: [
    { receipt: digest(4), verdict: 'PASS', checks: [{ ...check, pass: true }] },
    {
      receipt: digest(8),
      verdict: 'FAIL',
      checks: [{ ...check, pass: false, culprit: 'score; it was the duty of the attributor' }],
    },
  ],
  timesMs: { audit: 1_000, datanet: 2_000 },
  rssMiB: { audit: 300, datanet: 200 },
  peakRssMiB: 900,
  versions: {},
})
