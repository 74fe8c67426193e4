/**
 * What a terminal shows, as SVG: one cell a character, the colours and weights that picocolors and cli-table3 use.
 * `text` is what was printed, with its escape sequences; columns and rows are as many as it needs.
 */
export function terminalPicture(text: string): string {
  const lines = text.replaceAll('\r', '').trim().split('\n').map(runsOf)
  const columns = Math.max(...lines.map((runs) => runs.reduce((sum, run) => sum + run.text.length, 0)))
  const width = Math.ceil(columns * cell.width) + 2 * margin
  const height = lines.length * cell.height + 2 * margin
  const body = lines.flatMap((runs, row) => {
    const y = margin + row * cell.height + cell.height * 0.78
    let column = 0
    return runs.flatMap(({ text: run, style }) => {
      const x = margin + column * cell.width
      column += run.length
      return run.trim() === '' ? [] : [glyphs({ run, style, x, y })]
    })
  })
  const font = 'font-family="ui-monospace, DejaVu Sans Mono, Menlo, Consolas, monospace"'
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ${font} font-size="13" role="img">
<title>The summary of one run in the terminal</title>
<rect width="100%" height="100%" rx="6" fill="#12161c"/>
${body.join('\n')}
</svg>
`
}

type Style = { colour: string; bold: boolean; dim: boolean }
type Run = { text: string; style: Style }

const cell = { width: 7.8, height: 16 }
const margin = 14
const plain: Style = { colour: '#d6dde6', bold: false, dim: false }
const colours: Record<number, string> = { 31: '#ff7b72', 32: '#7ee787', 33: '#e3b341', 36: '#76d9e6', 90: '#56616e' }

/** Pieces of one line in one style each. Unknown sequences change nothing. */
function runsOf(line: string): Run[] {
  const runs: Run[] = []
  let style = plain
  // eslint-disable-next-line no-control-regex -- escape sequences are what is looked for
  for (const [i, piece] of line.split(/\u001B\[([0-9;]*)m/).entries()) {
    if (i % 2 === 1) for (const code of piece.split(';')) style = after(style, Number(code))
    else if (piece !== '') runs.push({ text: piece, style })
  }
  return runs
}

function after(style: Style, code: number): Style {
  if (code === 0) return plain
  if (code === 1) return { ...style, bold: true }
  if (code === 2) return { ...style, dim: true }
  if (code === 22) return { ...style, bold: false, dim: false }
  if (code === 39) return { ...style, colour: plain.colour }
  return { ...style, colour: colours[code] ?? style.colour }
}

/** `textLength` keeps columns true whatever font the reader has. */
function glyphs({ run, style, x, y }: { run: string; style: Style; x: number; y: number }): string {
  const weight = style.bold ? ' font-weight="bold"' : ''
  const opacity = style.dim ? ' opacity="0.65"' : ''
  const length = `textLength="${(run.length * cell.width).toFixed(1)}" lengthAdjust="spacingAndGlyphs"`
  const text = run.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" fill="${style.colour}"${weight}${opacity} ${length} xml:space="preserve">${text}</text>`
}
