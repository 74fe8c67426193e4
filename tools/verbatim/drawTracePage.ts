import { html, type Markup } from '../drawing/html.ts'
import { pageFrame } from '../drawing/pageFrame.ts'
import type { Trace } from './trace.ts'
import { traceParts } from './traceParts.ts'
import { tracePageStyle } from './tracePageStyle.ts'

/**
 * A text and what of it stands verbatim in Datanets, as one HTML page (traceParts). Pure.
 */
export function drawTracePage(text: string, trace: Trace): string {
  const { words, earners, samples, facts } = traceParts(text, trace)
  return pageFrame({
    title: 'Where these words stand',
    verdict: verdict(trace),
    columns: [html`${words}${earners}`, samples],
    foot: foot(facts),
    style: tracePageStyle,
  })
}

function verdict({ unexplainedPpm, spans, indexes, label }: Trace): Markup {
  const explained = 1_000_000 - unexplainedPpm
  const names = indexes.map(({ datanet }) => datanet).join(', ')
  return html`<p class="verdict">
      <strong>${percent(explained)}</strong> of what is surprising in this text stands verbatim in ${names}, in
      ${spans.length} ${spans.length === 1 ? 'span' : 'spans'}; ${percent(unexplainedPpm)} stands nowhere, or is
      everybody’s.
    </p>
    <p class="label">${label}</p>`
}

function foot(facts: Markup): Markup {
  return html`<footer>
    <section>
      <h2>Check it yourself</h2>
      <p>
        The same text against the same index gives the same spans, bits and shares:
        <code>tributary trace-text --json</code>.
      </p>
      <dl>${facts}</dl>
    </section>
  </footer>`
}

const percent = (ppm: number): string => `${(ppm / 10_000).toFixed(2)}\u00A0%`
