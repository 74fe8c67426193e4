import { html, Markup } from './html.ts'
import { pageStyle } from './pageStyle.ts'

/**
 * One HTML page that loads nothing and runs nothing: no script, no font, no picture from elsewhere, and a policy that forbids them.
 * `verdict` is what it says first, `columns` stand side by side where there is room. Pure.
 */
export function pageFrame(page: {
  title: string
  verdict: Markup
  columns: readonly [Markup, Markup]
  foot?: Markup
  /** Rules of its own, beside those of all pages. */
  style?: string
}): string {
  const { title, verdict, columns, foot, style = '' } = page
  return `<!doctype html>\n${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
        />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <style>
          ${new Markup(commonStyle + style)}
        </style>
      </head>
      <body>
        <main>
          <header>
            <h1>${title}</h1>
            ${verdict}
          </header>
          <div class="columns">
            <div class="column">${columns[0]}</div>
            <div class="column">${columns[1]}</div>
          </div>
          ${foot}
        </main>
      </body>
    </html> `.text
  }`
}

const commonStyle = `${pageStyle}svg{max-width:100%;height:auto;display:block}\n`
