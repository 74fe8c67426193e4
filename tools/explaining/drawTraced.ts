import { html, type Markup } from '../drawing/html.ts'
import { pageFrame } from '../drawing/pageFrame.ts'
import { traceParts } from '../verbatim/traceParts.ts'
import { tracePageStyle } from '../verbatim/tracePageStyle.ts'
import { askedPart } from './askedPart.ts'
import { stepsPart } from './stepsPart.ts'
import type { TracedExplanation } from './tracedExplanationSchema.ts'

/** The explanation of an answer that was traced verbatim, as one HTML page to click. All text of others is escaped. Pure. */
export function drawTraced(about: TracedExplanation): string {
  const { payee, paid, answer, trace } = about
  const traced = answer === null || trace === null ? undefined : traceParts(answer.toWellFormed(), trace, payee)
  return pageFrame({
    title: `Why ${payee} was ${paid ? '' : 'not '}paid for this answer`,
    verdict: html`${verdict(about)}
      <p class="label">${about.label}</p>`,
    columns: [
      html`${askedPart(about.question, about.model)}${traced?.words ?? dropped()}${changed(about)}${stepsPart(about.steps)}`,
      html`${traced?.earners}${traced?.samples}`,
    ],
    foot: foot(about, traced?.facts),
    style: tracePageStyle,
  })
}

function verdict({ payee, paid, wei, poolWei, feeWei, sharePpm, model }: TracedExplanation): Markup {
  const share = html`<strong>${(sharePpm / 10_000).toFixed(2)}&nbsp;%</strong> of what is surprising in this answer of
    ${model} are words that stand in samples of <bdi>${payee}</bdi>.`
  if (paid)
    return html`<p class="verdict">
      <strong>${grouped(wei)} wei</strong> for words that are repeated, by a rule that pays for that. ${share} It was
      sold for ${grouped(feeWei)} wei.
    </p>`
  return html`<p class="verdict">
    ${share} It was sold for ${grouped(feeWei)} wei, and <span class="unpaid">nothing</span> of it went to
    <bdi>${payee}</bdi>: ${grouped(poolWei)} wei went to the Datanet’s pool.
  </p>`
}

function dropped(): Markup {
  return html`<section>
    <h2>The answer</h2>
    <p class="soft">Dropped at the buyer’s wish. The recorded shares and digests stay.</p>
  </section>`
}

function changed({ isSame, trace }: TracedExplanation): Markup | undefined {
  if (isSame || trace === null) return undefined
  return html`<p class="soft">
    Samples were taken down since this answer was traced: the spans are those that stand in the samples that are left.
    What was recorded and paid stays as the steps say.
  </p>`
}

function foot({ receipt, adapter, method, tier, documents }: TracedExplanation, facts: Markup | undefined): Markup {
  return html`<footer>
    <section>
      <h2>Check it yourself</h2>
      <p>The same answer and samples give the same spans, bits and shares: <code>tributary audit ${receipt}</code></p>
      <dl>
        <dt>receipt</dt>
        <dd class="digest">${receipt}</dd>
        <dt>card of the model</dt>
        <dd class="digest">${adapter}</dd>
        <dt>record</dt>
        <dd class="digest">${method}, tier ${tier}</dd>
        <dt>samples</dt>
        <dd class="digest">${documents ?? 'not named'}</dd>
        ${facts}
      </dl>
    </section>
  </footer>`
}

const grouped = (wei: string): string => wei.replaceAll(/\B(?=(\d{3})+$)/g, '\u202F')
