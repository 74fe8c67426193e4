import { coloursOf, coverText, payeeColours, type Trace } from '../../tools/index.ts'
import { pc } from '../colours.ts'
import { drawTable } from '../drawTable.ts'
import { plainLines, plainText } from '../fitText.ts'

const paints = [pc.blue, pc.yellow, pc.green, pc.magenta, pc.cyan, pc.red]
const shownSpans = 20

/**
 * A traced text for the terminal: its spans in the colours of whom they count for, underlined, then who they are and where they
 * stand. Without colours the spans are numbered in brackets, so that nothing is said by colour alone.
 */
export function drawText(text: string, trace: Trace, width: number): string {
  const colours = coloursOf(trace)
  const paint = (span: number, words: string): string => {
    const colour = colours[span]!
    if (colour > payeeColours) return pc.dim(words)
    return pc.underline((paints[colour] ?? pc.bold)(words))
  }
  const seen = new Set<number>()
  const pieces = coverText(text, trace.spans).map((piece) => {
    const words = plainLines(piece.text)
    if (piece.span === undefined) return words
    const mark = seen.has(piece.span) ? '' : pc.dim(`[${piece.span + 1}]`)
    seen.add(piece.span)
    return `${paint(piece.span, words)}${mark}`
  })
  const order = trace.spans
    .map((span, i) => ({ span, i }))
    .toSorted((a, b) => b.span.milliBits - a.span.milliBits || a.i - b.i)
  const where = order.slice(0, shownSpans).map(({ span, i }) => [
    `[${i + 1}]`,
    String(span.count),
    span.clusters === null ? 'everybody’s' : String(span.clusters),
    percent(span.sharePpm),
    plainText(
      span.places
        .map(({ payee }) => payee)
        .filter((payee, at, all) => all.indexOf(payee) === at)
        .join(', '),
    ),
    plainText(span.places[0]?.source ?? ''),
  ])
  const who = [
    ...trace.payees.map(({ payee, milliBits, sharePpm }) => [
      plainText(payee),
      (milliBits / 1000).toFixed(1),
      percent(sharePpm),
    ]),
    ['unexplained', '', percent(trace.unexplainedPpm)],
  ]
  const [head, rule, ...payees] = drawTable(
    [{ head: 'payee', lines: 1 }, right('bits'), right('share')],
    who,
    width,
  ).split('\n')
  // Colours come after the table is laid out, for they have no width.
  const named = payees.map((line, i) => (i < trace.payees.length ? (paints[i] ?? pc.bold)(line) : line))
  const columns = [
    { head: 'span' },
    right('times'),
    right('texts'),
    right('share'),
    ...['held by', 'for example'].map((name) => ({ head: name, lines: 1 })),
  ]
  const table = where.length > 0 ? ['', drawTable(columns, where, width)] : []
  return [pieces.join(''), '', head, rule, ...named, ...table, '', pc.yellow(trace.label)].join('\n')
}

const right = (head: string) => ({ head, align: 'right' as const })
const percent = (ppm: number): string => `${(ppm / 10_000).toFixed(2)} %`
