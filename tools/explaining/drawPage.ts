import { html, type Markup } from '../drawing/html.ts'
import { pageFrame } from '../drawing/pageFrame.ts'
import { askedPart } from './askedPart.ts'
import type { Explanation } from './explanation.ts'
import { heatedAnswer } from './heatedAnswer.ts'
import { sharedWords } from './sharedWords.ts'
import { stepsPart } from './stepsPart.ts'
import { wordDifference } from './wordDifference.ts'

const shownCharacters = 700

/**
 * An explanation as one HTML page. All text of contributors, buyers and models is escaped. Pure.
 */
export function drawPage(about: Explanation): string {
  const title = `Why ${about.payee} was ${about.paid ? '' : 'not '}${about.keepsAccounts ? 'credited' : 'paid'} for this answer`
  return pageFrame({
    title,
    verdict: verdict(about),
    columns: [
      html`${askedPart(about.question, about.model)}${answer(about)}${without(about)}${stepsPart(about.steps)}`,
      html`${contributors(about)}${samples(about)}${confidence(about)}`,
    ],
    foot: foot(about),
  })
}

function verdict(about: Explanation): Markup {
  const { payee, paid, wei, sharePpm, feeWei, chargedWei, keepsAccounts, group, withoutWhy } = about
  const charge = chargedWei === '0' ? '' : `${payee} is charged with ${grouped(chargedWei)} wei. `
  const accounts = keepsAccounts ? ` ${charge}Charges are set against credits before the epoch pays.` : ''
  if (paid) {
    return html`<p class="verdict">
      <strong>${grouped(wei)} wei</strong>, ${percent(sharePpm)} of what contributors earn from this answer. It was sold
      for ${grouped(feeWei)} wei.${accounts}
    </p>`
  }
  const reason = group === null ? withoutWhy : 'Its samples did not help this answer above the noise floor.'
  return html`<p class="verdict">
    <span class="unpaid">Nothing</span> of the ${grouped(feeWei)} wei that it was sold for went to ${payee}.
    ${reason}${accounts}
  </p>`
}

function answer({ answer: said, without: counterfactual, group, payee }: Explanation): Markup {
  if (said === null) {
    return html`<section>
      <h2>The answer</h2>
      <p class="soft">Dropped at the buyer’s wish. Scores, shares and digests stay.</p>
    </section>`
  }
  if (counterfactual === null)
    return html`<section>
      <h2>The answer</h2>
      <p class="text">${said.trim()}</p>
    </section>`
  return html`<section>
    <h2>The answer, and how much of it goes back to ${whose(payee, group)}</h2>
    ${heatedAnswer(counterfactual)}
  </section>`
}

function without({ answer: said, without: counterfactual, withoutWhy, group, payee }: Explanation): Markup {
  const heading = html`<h2>What would have been without ${payee}</h2>`
  if (counterfactual === null || said === null)
    return html`<section>
      ${heading}
      <p class="soft">${withoutWhy}</p>
    </section>`
  const { lossMicroNats, lossWithoutMicroNats, answer: again, why } = counterfactual
  const change = lossWithoutMicroNats - lossMicroNats
  const others = (group?.members.length ?? 1) - 1
  const company =
    others === 0
      ? html`It was trained again without ${payee} alone.`
      : html`It was trained again without ${payee} and ${others} others, whom a block hash dealt into the same group.`
  const made =
    again === null
      ? html`<p class="soft">${why}</p>`
      : again.trim() === said.trim()
        ? html`<p>The model would have said the same words. ${why}</p>`
        : html`<figure>
            <p class="text">${wordDifference(said.trim(), again.trim()).map(changed)}</p>
            <figcaption>
              <ins>Underlined</ins>: only without the group. <del>Struck out</del>: only with it. ${why}
            </figcaption>
          </figure>`
  return html`<section>
    ${heading}
    <p>
      ${company} This answer would have
      ${change === 0 ? 'the same loss' : html`<strong>${nats(Math.abs(change))} nats ${change > 0 ? 'more' : 'less'} loss</strong> a token`}:
      ${nats(lossWithoutMicroNats)} instead of ${nats(lossMicroNats)}.
    </p>
    ${made}
  </section>`
}

function changed({ text, kind }: { text: string; kind: 'same' | 'gone' | 'new' }): Markup {
  if (kind === 'same') return html`${text}`
  const [, word, space] = /^(.*?)(\s*)$/su.exec(text)!
  return kind === 'new' ? html`<ins>${word}</ins>${space}` : html`<del>${word}</del>${space}`
}

function contributors({ contributors: rows, contributorsInAll, poolPpm, payee }: Explanation): Markup {
  const most = Math.max(1, ...rows.map(({ sharePpm }) => sharePpm))
  const lines = rows.map(
    (row) =>
      html`<tr${row.payee === payee ? html` class="own"` : ''}><td><bdi>${row.payee}</bdi>${bar(row.sharePpm / most)}</td><td class="number count">${row.samples}</td><td class="number">${signed(row.scoreMicroNats)}</td><td class="number">${percent(row.sharePpm)}</td></tr>`,
  )
  const left = contributorsInAll - rows.length
  const more = left > 0 ? `${left} more contributors are not shown. ` : ''
  const pool = poolPpm > 0 ? `${percent(poolPpm)} was not shown to be anybody’s and stays in the pool.` : ''
  return html`<section>
    <h2>Who earns from this answer</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">contributor</th>
          <th scope="col" class="number count">samples</th>
          <th scope="col" class="number">score, nats</th>
          <th scope="col" class="number">share</th>
        </tr>
      </thead>
      <tbody>
        ${lines}
      </tbody>
    </table>
    <p class="soft">${more}${pool}</p>
  </section>`
}

function bar(part: number): Markup | undefined {
  return part > 0 ? html`<span class="bar" style="width:${(part * 100).toFixed(1)}%"></span>` : undefined
}

function samples({ samples: own, samplesInAll, answer: said, payee }: Explanation): Markup {
  if (own.length === 0)
    return html`<section>
      <h2>Samples of ${payee}</h2>
      <p class="soft">None of them is in this adapter.</p>
    </section>`
  const items = own.map((sample) => {
    const score =
      sample.scoreMicroNats === null
        ? 'not among the samples that the record names'
        : `${signed(sample.scoreMicroNats)} nats`
    const share = sample.sharePpm === null ? '' : `, ${percent(sample.sharePpm)} of the contributors’ part`
    return html`<article class="sample">
      <h3><bdi>${sample.source}</bdi></h3>
      <p class="soft">${sample.licence}; ${score}${share}</p>
      ${sampleText(sample.text, said)}
    </article>`
  })
  const left = samplesInAll - own.length
  return html`<section>
    <h2>Samples of ${payee}</h2>
    ${items}
    <p class="soft">
      ${said === null ? '' : html`<mark>Marked</mark>: words that the answer has too. Likeness is shown to read by; it decides no share. `}${left > 0 ? `${left} more samples are not shown.` : ''}
    </p>
  </section>`
}

function sampleText(text: string | null, said: string | null): Markup {
  if (text === null) return html`<p class="soft">Its text was withdrawn.</p>`
  const marked = (part: string) =>
    sharedWords(part, said ?? '').map((piece) =>
      piece.shared ? html`<mark>${piece.text}</mark>` : html`${piece.text}`,
    )
  const shown = Array.from(text)
  if (shown.length <= shownCharacters) return html`<p class="text">${marked(text)}</p>`
  const first = shown.slice(0, shownCharacters).join('')
  const rest = shown.slice(shownCharacters).join('')
  return html`<p class="text">${marked(first)}…</p>
    <details>
      <summary>The rest of it</summary>
      <p class="text">…${marked(rest)}</p>
    </details>`
}

function confidence({ confidence: { words }, claims, tier }: Explanation): Markup {
  const scores =
    tier === 'money'
      ? 'These are the scores that the fee was split by.'
      : 'These are the scores that were made at once; the fee is split by scores that are made before the epoch closes.'
  return html`<section>
    <h2>How sure this is</h2>
    <ul>
      ${[scores, ...words].map((word) => html`<li>${word}</li>`)}
    </ul>
    <details>
      <summary>What the scores claim</summary>
      <p class="soft">Of a group: ${claims.groups}.</p>
      <p class="soft">Of a sample: ${claims.samples}.</p>
    </details>
  </section>`
}

function foot({ receipt, adapter, method, tier }: Explanation): Markup {
  return html`<footer>
    <section>
      <h2>Check it yourself</h2>
      <p><code>tributary audit ${receipt}</code> computes answer, scores and shares again.</p>
      <dl>
        <dt>receipt</dt>
        <dd class="digest">${receipt}</dd>
        <dt>adapter</dt>
        <dd class="digest">${adapter}</dd>
        <dt>method</dt>
        <dd class="digest">${method}</dd>
        <dt>tier</dt>
        <dd>${tier}</dd>
      </dl>
    </section>
  </footer>`
}

function whose(payee: string, group: Explanation['group']): string {
  const others = (group?.members.length ?? 1) - 1
  return others === 0 ? payee : `${payee} and the ${others} others of its group`
}

const percent = (ppm: number): string => `${(ppm / 10_000).toFixed(2)}\u00A0%`
const nats = (micro: number): string => (micro / 1e6).toFixed(6)
const signed = (micro: number): string =>
  `${micro > 0 ? '+' : micro < 0 ? '−' : ''}${(Math.abs(micro) / 1e6).toFixed(6)}`
const grouped = (wei: string): string => wei.replaceAll(/\B(?=(\d{3})+$)/g, '\u202F')
