import type { Digest } from '../../kernel/index.ts'
import { intervalBarsSvg } from '../drawing/intervalBarsSvg.ts'
import { scatterSvg } from '../drawing/scatterSvg.ts'
import { html, Markup } from '../drawing/html.ts'
import { pageFrame } from '../drawing/pageFrame.ts'
import type { BacktestReport } from './backtestReport.ts'
import { byChange } from './byChange.ts'
import { amount, percent, signedAmount, unitFor, type Unit } from './moneyWords.ts'
import { roleNames } from './roleNames.ts'

const shown = 10
const drawnPoints = 2_000

/** A back-test as one HTML page that loads nothing and runs nothing. Names of payees are escaped. Pure. */
export function drawBacktest(report: BacktestReport, digest: Digest): string {
  const title = 'What a proposed revenue rule would have paid'
  const unit = unitFor(report.payees.flatMap(({ paidWei, proposedWei }) => [BigInt(paidWei), BigInt(proposedWei)]))
  return pageFrame({
    title,
    verdict: verdict(report),
    columns: [
      html`${roles(report, unit)}${epochs(report, unit)}${concentration(report)}`,
      html`${winners(report, unit)}${picture(report, unit)}`,
    ],
    foot: foot(report, digest),
  })
}

function verdict({ receipts, epochs: all, payees, droppedToZero, notReplayed }: BacktestReport): Markup {
  const { gaining, losing } = byChange(payees)
  const zero =
    droppedToZero.length > 0 ? html` <span class="unpaid">${droppedToZero.length} would get nothing.</span>` : ''
  const scores =
    notReplayed.length > 0
      ? ` Scores are those that were committed: ${notReplayed.join(', ')} would decide how exactly answers are scored from now on, and are not played again.`
      : ''
  return html`<p class="verdict">
    On ${receipts} receipts of ${all.length} ${all.length === 1 ? 'epoch' : 'epochs'}
    <strong>${gaining.length} payees would have gained</strong> and ${losing.length} lost.${zero}${scores}
  </p>`
}

function roles({ paid, proposed, receivedWei }: BacktestReport, unit: Unit): Markup {
  const rows = roleNames.map(([role, name]) => {
    const [was, would] = [BigInt(paid[role]), BigInt(proposed[role])]
    return html`<tr>
      <td>${name}</td>
      <td class="number">${amount(was, unit)}</td>
      <td class="number">${amount(would, unit)}</td>
      <td class="number">${signedAmount(would - was, unit)}</td>
    </tr>`
  })
  return html`<section>
    <h2>Where ${amount(BigInt(receivedWei), unit)} ${unit.name} went</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">to</th>
          <th scope="col" class="number">paid</th>
          <th scope="col" class="number">proposed</th>
          <th scope="col" class="number">change</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </section>`
}

function epochs({ epochs: all }: BacktestReport, unit: Unit): Markup {
  const rows = all.slice(-shown).map(
    ({ epoch, receipts, receivedWei, paid, proposed }) =>
      html`<tr>
        <td>${epoch}</td>
        <td class="number">${receipts}</td>
        <td class="number">${amount(BigInt(receivedWei), unit)}</td>
        <td class="number">${amount(BigInt(paid.contributorsWei), unit)}</td>
        <td class="number">${amount(BigInt(proposed.contributorsWei), unit)}</td>
      </tr>`,
  )
  const left = all.length - rows.length
  return html`<section>
    <h2>By epoch</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">epoch</th>
          <th scope="col" class="number">receipts</th>
          <th scope="col" class="number count">received</th>
          <th scope="col" class="number">contributors, paid</th>
          <th scope="col" class="number">proposed</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
    <p class="soft">
      ${unit.name}; each epoch’s parts sum to what it received, to the wei.
      ${left > 0 ? `${left} earlier ones are not shown.` : ''}
    </p>
  </section>`
}

function concentration({ concentration: { paid, proposed }, owed }: BacktestReport): Markup {
  const rows = (
    [
      ['Gini', 'giniPpm'],
      ['the one with most', 'top1Ppm'],
      ['the ten with most', 'top10Ppm'],
    ] as const
  ).map(
    ([name, field]) =>
      html`<tr>
        <td>${name}</td>
        <td class="number">${percent(paid[field])}</td>
        <td class="number">${percent(proposed[field])}</td>
      </tr>`,
  )
  return html`<section>
    <h2>How unevenly contributors are paid</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">of ${paid.count} contributors</th>
          <th scope="col" class="number">paid</th>
          <th scope="col" class="number">proposed</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
    <p class="soft">
      Owed by contributors after the last epoch: ${owed.paidWei} wei, proposed ${owed.proposedWei} wei.
    </p>
  </section>`
}

function winners({ payees }: BacktestReport, unit: Unit): Markup {
  const { gaining, losing } = byChange(payees)
  const chosen = [...gaining.slice(0, shown), ...losing.slice(0, shown).toReversed()]
  if (chosen.length === 0)
    return html`<section>
      <h2>Who gains, who loses</h2>
      <p class="soft">Nobody: every payee would have got the same.</p>
    </section>`
  const svg = intervalBarsSvg({
    title: 'Those who would gain and lose most',
    unit: `change, ${unit.name}`,
    bars: chosen.map(({ payee, changeWei }) => ({ label: payee, value: unit.of(BigInt(changeWei)) })),
  })
  const rows = chosen.map(
    ({ payee, paidWei, proposedWei, changePpm }) =>
      html`<tr>
        <td><bdi>${payee}</bdi></td>
        <td class="number">${amount(BigInt(paidWei), unit)}</td>
        <td class="number">${amount(BigInt(proposedWei), unit)}</td>
        <td class="number">${changePpm === null ? 'new' : percent(changePpm)}</td>
      </tr>`,
  )
  return html`<section>
    <h2>Who gains, who loses</h2>
    ${new Markup(svg)}
    <table>
      <thead>
        <tr>
          <th scope="col">payee</th>
          <th scope="col" class="number count">paid</th>
          <th scope="col" class="number">proposed</th>
          <th scope="col" class="number">change</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </section>`
}

function picture({ payees }: BacktestReport, unit: Unit): Markup {
  const points = payees.slice(0, drawnPoints).map(({ paidWei, proposedWei }) => {
    const [x, y] = [unit.of(BigInt(paidWei)), unit.of(BigInt(proposedWei))]
    return { x, y, series: y > x ? 'gains' : y < x ? 'loses' : 'the same' }
  })
  const left = payees.length - points.length
  const svg = scatterSvg({
    title: 'Every payee: on the line nothing changes',
    x: `paid, ${unit.name}`,
    y: `by the proposed rule, ${unit.name}`,
    points,
    diagonal: true,
    note: left > 0 ? `${left} more payees are not drawn.` : '',
  })
  return html`<section>
    <h2>All payees</h2>
    ${new Markup(svg)}
  </section>`
}

function foot({ rule, against, document }: BacktestReport, digest: Digest): Markup {
  return html`<footer>
    <section>
      <h2>Check it yourself</h2>
      <p><code>tributary rule backtest rule.json</code> plays the same receipts again and must come to this digest.</p>
      <dl>
        <dt>report</dt>
        <dd class="digest">${digest}</dd>
        <dt>proposed rule</dt>
        <dd class="digest">${rule}</dd>
        ${against.map(
          (one) =>
            html`<dt>${one.receipts} receipts by</dt>
              <dd class="digest">${one.rule}</dd>`,
        )}
      </dl>
      <details>
        <summary>The document</summary>
        <p class="text">${JSON.stringify(document, null, 2)}</p>
      </details>
    </section>
  </footer>`
}
