import type { WithoutGroup } from './explanation.ts'
import { html, type Markup } from '../drawing/html.ts'

const levels = 4
const listed = 12

/**
 * The words of an answer, each coloured by how much less likely it would be without the group; and, for whoever does not see
 * colours, the tokens that change most as a table.
 */
export function heatedAnswer({ tokens, rest }: Pick<WithoutGroup, 'tokens' | 'rest'>): Markup {
  const most = Math.max(1, ...tokens.map(({ changeMicroNats }) => Math.abs(changeMicroNats)))
  const heated = tokens.map(({ text: said, changeMicroNats }, place) => {
    const text = place === 0 ? said.trimStart() : said
    const level = Math.round((Math.abs(changeMicroNats) / most) * levels)
    if (level === 0) return html`${text}`
    return html`<span class="${changeMicroNats > 0 ? 'p' : 'n'}${level}" title="${about(changeMicroNats)}"
      >${text}</span
    >`
  })
  const rows = tokens
    .map((token, place) => ({ ...token, place: place + 1 }))
    .toSorted((a, b) => Math.abs(b.changeMicroNats) - Math.abs(a.changeMicroNats))
    .slice(0, listed)
    .map(
      ({ text, changeMicroNats, place }) =>
        html`<tr>
          <td class="number">${place}</td>
          <td><code>${text === '' ? ' ' : text}</code></td>
          <td>${about(changeMicroNats)}</td>
        </tr>`,
    )
  return html`<figure>
      <p class="text heat">${heated}${rest}</p>
      <figcaption>
        <span class="p3">Solid</span>: likelier because of the group. <span class="n3">Dotted</span>: likelier without
        it. The strongest is ${(most / 1e6).toFixed(4)}
        nats.${rest === '' ? '' : ` Only the first ${tokens.length} tokens are scored.`}
      </figcaption>
    </figure>
    <details>
      <summary>The ${Math.min(listed, tokens.length)} tokens that change most</summary>
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">place</th>
            <th scope="col">token</th>
            <th scope="col">without the group</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </details>`
}

/** exp(-change): how a change of loss changes a probability. */
function about(microNats: number): string {
  const times = Math.exp(-microNats / 1e6)
  return `${times.toFixed(times < 0.1 || times > 10 ? 4 : 3)} times as likely (${microNats > 0 ? '+' : ''}${(microNats / 1e6).toFixed(4)} nats of loss)`
}
