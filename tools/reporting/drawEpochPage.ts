import { lorenzSvg } from '../drawing/lorenzSvg.ts'
import type { EpochReport } from '../epochReport.ts'
import { html, Markup } from '../drawing/html.ts'
import { pageFrame } from '../drawing/pageFrame.ts'

/** The report of an epoch as one HTML page that loads nothing and runs nothing. Pure. */
export function drawEpochPage(report: EpochReport): string {
  const { epoch, state, receipts, concentration } = report
  const title = `Epoch ${epoch}`
  const picture = lorenzSvg({
    title: 'Who gets how much of the contributors’ money',
    points: report.lorenz,
    note:
      report.lorenz.length === 0
        ? 'Nothing was earned by contributors.'
        : `Gini ${percent(concentration.payees.giniPpm)} over ${concentration.payees.count} payees`,
  })
  return pageFrame({
    title,
    style,
    verdict: html`<p class="verdict">
      ${receipts} answers, <strong>${open(report.receivedWei)} OPEN</strong> received; ${state}.
    </p>`,
    columns: [
      html`${money(report)}${takes(report)}${concentrated(report)}`,
      html`<section>
          <h2>Concentration</h2>
          <figure>${new Markup(picture)}</figure>
        </section>
        ${onChain(report)}`,
    ],
  })
}

function money(report: EpochReport): Markup {
  const rows: [string, string][] = [
    ['received', report.receivedWei],
    ['to contributors', report.contributorsWei],
    ['to servers', report.serversWei],
    ['to model owners', report.modelOwnersWei],
    ['to the treasury', report.treasuryWei],
    ['to the pool', report.poolWei],
    ['claimed so far', report.claimedWei],
  ]
  return table(
    'Money',
    ['', 'OPEN', 'of received'],
    rows.map(([name, wei]) => [name, open(wei), part(wei, report.receivedWei)]),
    'The pool gets what nobody could be shown to have earned.',
  )
}

function takes({ takes: all }: EpochReport): Markup {
  return table(
    'Take rates and their ceilings',
    ['', 'taken', 'rule', 'contract'],
    all.map((take) => [take.part, percent(take.ppm), percent(take.ruleCeilingPpm), percent(take.contractCeilingPpm)]),
    'The rule’s ceiling is changed by governance; the contract’s can’t be.',
  )
}

function concentrated({ concentration }: EpochReport): Markup {
  const rows = Object.entries({
    payees: concentration.payees,
    servers: concentration.servers,
    'model owners': concentration.modelOwners,
  })
  return table(
    'How concentrated it is',
    ['', 'count', 'Gini', 'largest', 'ten largest'],
    rows.map(([name, { count, giniPpm, top1Ppm, top10Ppm }]) => [
      name,
      String(count),
      short(giniPpm),
      short(top1Ppm),
      short(top10Ppm),
    ]),
    'Gini 0 %: all have the same. Payees count with what they earn as contributors in this epoch.',
  )
}

function onChain(report: EpochReport): Markup {
  const { root, evidence, scoring, published, rules, transactions, evidenceForm } = report
  const rows: [string, string][] = [
    ['reward root', root],
    [`evidence root, form ${evidenceForm}`, evidence],
    ['scoring report', scoring ?? 'none'],
    ['published index', published ?? 'not yet'],
    ...rules.map((rule): [string, string] => ['rule', rule]),
    ['closed by', transactions.close ?? 'not yet'],
    ['proposed by', transactions.propose ?? 'not yet'],
    ['final by', transactions.final ?? 'not yet'],
  ]
  return html`<section>
    <h2>Check it yourself</h2>
    <dl>
      ${rows.map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd class="digest">${value}</dd>`,
      )}
    </dl>
  </section>`
}

function table(title: string, heads: readonly string[], rows: readonly (readonly string[])[], note: string): Markup {
  const cell = (value: string, i: number) => html`<td${i > 0 ? html` class="number"` : ''}>${value}</td>`
  return html`<section>
    <h2>${title}</h2>
    <table>
      <thead>
        <tr>
          ${heads.map((head, i) => html`<th scope="col" ${i > 0 ? html` class="number"` : ''}>${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map(cell)}
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="soft">${note}</p>
  </section>`
}

const style = `td:first-child{overflow-wrap:normal}
@media(max-width:480px){table{font-size:.8rem}td,th{padding-right:5px}}`
const short = (ppm: number): string => `${(ppm / 10_000).toFixed(1)}\u00A0%`
const percent = (ppm: number): string => `${(ppm / 10_000).toFixed(2)}\u00A0%`

function part(wei: string, of: string): string {
  return of === '0' ? '–' : percent(Number((1_000_000n * BigInt(wei)) / BigInt(of)))
}

/** Cut, not rounded, at 12 decimals: fees of small answers are small. */
function open(wei: string): string {
  const padded = wei.padStart(19, '0')
  return `${padded.slice(0, -18)}.${padded.slice(-18, -6)}`
}
