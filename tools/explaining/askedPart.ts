import { html, type Markup } from '../drawing/html.ts'

/** The section of a page with what was asked; null: dropped at the buyer's wish. */
export function askedPart(asked: string | null, model: string): Markup {
  const body =
    asked === null ? html`<p class="soft">Dropped at the buyer’s wish.</p>` : html`<p class="text quote">${asked}</p>`
  return html`<section>
    <h2>What was asked of ${model}</h2>
    ${body}
  </section>`
}
