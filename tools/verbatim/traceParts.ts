import { html, type Markup } from '../drawing/html.ts'
import { coloursOf, payeeColours } from './coloursOf.ts'
import { excerptUnits } from './composeTrace.ts'
import { coverText } from './coverText.ts'
import type { Trace } from './trace.ts'

const shownSpans = 120
const shownPayees = 20
const shownPlaces = 2

/** What pages show of a traced text: the words with their spans, whose they are, where they stand, and what it was made in. */
export type TraceParts = { words: Markup; earners: Markup; samples: Markup; facts: Markup }

/**
 * A text and what of it stands verbatim in Datanets, as parts of a page with tracePageStyle. A span is a link to its samples, so
 * that a click shows them without a script. All text of others is escaped. `own`: a payee whose line stands out. Pure.
 */
export function traceParts(text: string, trace: Trace, own?: string): TraceParts {
  const colours = coloursOf(trace)
  return {
    words: words(text, trace, colours),
    earners: earners(trace, own),
    samples: samples(text, trace, colours),
    facts: facts(trace),
  }
}

/** The most valuable spans have cards; of a text with hundreds the others are coloured only. */
function withCards({ spans }: Trace): Set<number> {
  const order = spans
    .map(({ milliBits }, i) => ({ milliBits, i }))
    .toSorted((a, b) => b.milliBits - a.milliBits || a.i - b.i)
  return new Set(order.slice(0, shownSpans).map(({ i }) => i))
}

function words(text: string, trace: Trace, colours: readonly number[]): Markup {
  const cards = withCards(trace)
  const seen = new Set<number>()
  const pieces = coverText(text, trace.spans).map((piece) => {
    const { span } = piece
    if (span === undefined) return html`${piece.text}`
    const { count, clusters, sharePpm } = trace.spans[span]!
    const hint = `${times(count)}, ${clusters === null ? 'everybody’s' : textsOf(clusters)}; ${percent(sharePpm)}`
    if (!cards.has(span)) return html`<span class="span c${colours[span]}" title="${hint}">${piece.text}</span>`
    const id = seen.has(span) ? undefined : html` id="w${span}"`
    seen.add(span)
    return html`<a class="span c${colours[span]}" href="#s${span}" title="${hint}" ${id}>${piece.text}</a>`
  })
  return html`<section id="text">
    <h2>The text</h2>
    <figure>
      <p class="text heat">${pieces}</p>
      <figcaption>${legend(trace, colours)}</figcaption>
    </figure>
  </section>`
}

function legend({ payees }: Trace, colours: readonly number[]): Markup {
  const used = new Set(colours)
  const named = payees
    .slice(0, payeeColours)
    .flatMap(({ payee }, i) =>
      used.has(i) ? [html`<span class="key"><i class="dot c${i}"></i><bdi>${payee}</bdi></span> `] : [],
    )
  const others = used.has(payeeColours)
    ? html`<span class="key"><i class="dot c${payeeColours}"></i>others</span> `
    : undefined
  const common = used.has(payeeColours + 1)
    ? html`<span class="key"><i class="dot c${payeeColours + 1}"></i>words that everybody has</span> `
    : undefined
  return html`<span class="keys">${named}${others}${common}</span> Click a coloured span to see where it stands.`
}

function earners({ payees, unexplainedPpm, milliBits }: Trace, own: string | undefined): Markup {
  const most = Math.max(1, unexplainedPpm, ...payees.map(({ sharePpm }) => sharePpm))
  const row = (name: Markup, weight: string, sharePpm: number, colour: string, isOwn = false) =>
    html`<tr ${isOwn ? html`class="own"` : undefined}>
      <td>
        ${name}${sharePpm > 0 ? html`<span class="bar ${colour}" style="width:${((sharePpm / most) * 100).toFixed(1)}%"></span>` : undefined}
      </td>
      <td class="number count">${weight}</td>
      <td class="number">${percent(sharePpm)}</td>
    </tr>`
  const rows = payees
    .slice(0, shownPayees)
    .map(({ payee, milliBits: weight, sharePpm }, i) =>
      row(html`<bdi>${payee}</bdi>`, bits(weight), sharePpm, `c${Math.min(i, payeeColours)}`, payee === own),
    )
  const unexplained = milliBits - payees.reduce((sum, { milliBits: weight }) => sum + weight, 0)
  const left = payees.length - shownPayees
  return html`<section>
    <h2>Whose words they are</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">payee</th>
          <th scope="col" class="number count">bits</th>
          <th scope="col" class="number">share</th>
        </tr>
      </thead>
      <tbody>
        ${rows}${row(html`<em>unexplained</em>`, bits(unexplained), unexplainedPpm, 'none')}
      </tbody>
    </table>
    <p class="soft">
      ${left > 0 ? `${left} more are not shown. ` : ''}A word counts the bits by which it surprises one who knows all
      the other samples, times how few distinct texts hold its span; whoever holds it shares alike, copies get nothing.
    </p>
  </section>`
}

function samples(text: string, trace: Trace, colours: readonly number[]): Markup {
  const cards = withCards(trace)
  const items = trace.spans.map((span, i) => (cards.has(i) ? card(text, span, i, colours[i]!) : undefined))
  if (trace.spans.length === 0)
    return html`<section>
      <h2>Where the spans stand</h2>
      <p class="soft">No span of this text, as long as was asked for, stands in these Datanets.</p>
    </section>`
  const left = trace.spans.length - cards.size
  return html`<section class="cards" id="spans">
    <h2>Where the spans stand <a class="all" href="#spans">show all</a></h2>
    ${items} ${left > 0 ? html`<p class="soft">${left} more spans, worth less, have no card.</p>` : undefined}
  </section>`
}

function card(text: string, span: Trace['spans'][number], i: number, colour: number): Markup {
  const { start, end, symbols, count, clusters, milliBits, sharePpm, places } = span
  const held = clusters === null ? 'so often that it is nobody’s' : `in ${textsOf(clusters)}`
  const where = places.map(
    ({ payee, datanet, source, licence, before, words: own, after }) =>
      html`<div class="place">
        <p class="who"><bdi>${payee}</bdi> <span class="soft">${datanet}</span></p>
        ${
          source === null
            ? html`<p class="soft">Its text was taken down.</p>`
            : html`<p class="soft"><bdi>${source}</bdi> · ${licence ?? ''}</p>
                ${excerpt(before, own, after)}`
        }
      </div>`,
  )
  const more = count - places.length
  return html`<article class="sample card c${colour}" id="s${i}">
    <h3><a href="#w${i}" title="back to the text">“${shorten(text.slice(start, end))}”</a></h3>
    <p class="soft">
      ${symbols} symbols, ${times(count)}, ${held}; ${bits(milliBits)} bits, <strong>${percent(sharePpm)}</strong> of
      the text
    </p>
    ${where.slice(0, shownPlaces)} ${folded(where.slice(shownPlaces))}
    ${more > 0 ? html`<p class="soft">and ${more} more ${more === 1 ? 'place' : 'places'}</p>` : undefined}
  </article>`
}

function folded(places: readonly Markup[]): Markup | undefined {
  if (places.length === 0) return undefined
  return html`<details>
    <summary>${places.length} more ${places.length === 1 ? 'sample' : 'samples'}</summary>
    ${places}
  </details>`
}

/** On one line: white space inside of it would be shown. */
function excerpt(before: string, words: string, after: string): Markup {
  // A shorter one is where the sample begins, or ends.
  const [start, end] = [
    before.length < excerptUnits ? before.trimStart() : `…${before}`,
    after.length < excerptUnits ? after.trimEnd() : `${after}…`,
  ]
  return html`<p class="text quote">${start}<mark>${words}</mark>${end}</p>`
}

function facts({ indexes, method, alphabet }: Trace): Markup {
  return html`<dt>method</dt>
    <dd class="digest">${method}, over ${alphabet}</dd>
    ${indexes.map(
      ({ datanet, root }) =>
        html`<dt>${datanet}</dt>
          <dd class="digest">${root}</dd>`,
    )}`
}

function shorten(words: string): string {
  const shown = Array.from(words.replaceAll(/\s+/g, ' ').trim())
  return shown.length <= 110 ? shown.join('') : `${shown.slice(0, 70).join('')} … ${shown.slice(-35).join('')}`
}

const percent = (ppm: number): string => `${(ppm / 10_000).toFixed(2)}\u00A0%`
const bits = (milli: number): string => (milli / 1000).toFixed(1)
const times = (count: number): string => (count === 1 ? 'once' : `${count} times`)
const textsOf = (clusters: number): string => (clusters === 1 ? 'one text' : `${clusters} distinct texts`)
