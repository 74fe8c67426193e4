import { html, type Markup } from '../drawing/html.ts'

/** The section of a page with the steps by which a share came about. */
export function stepsPart(steps: readonly string[]): Markup {
  return html`<section>
    <h2>Step by step</h2>
    <ol>
      ${steps.map((line) => html`<li>${line}</li>`)}
    </ol>
  </section>`
}
