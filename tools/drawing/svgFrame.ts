import { escapeText } from './escapeText.ts'

/** How many colours there are: series beyond take them again. Okabe and Ito's, which colour-blind readers tell apart. */
export const seriesColours = 6

const style = `<style>
text{fill:#24292f;font:13px system-ui,-apple-system,'Segoe UI',sans-serif}
.title{font-size:15px;font-weight:600}.small{font-size:11.5px;fill:#57606a}.end{text-anchor:end}.middle{text-anchor:middle}
.paper{fill:#fff}.grid{stroke:#d8dee4;fill:none}.axis{stroke:#8c959f;fill:none}.goal{stroke:#b35900;stroke-dasharray:6 4;fill:none}
.whisker{stroke:#24292f;stroke-width:1.5;fill:none}.peer{fill:#8c959f}.box{fill:#f6f8fa;stroke:#8c959f}.flow{stroke:#57606a;stroke-width:1.5;fill:none}
.s0{fill:#0072b2}.s1{fill:#d55e00}.s2{fill:#009e73}.s3{fill:#cc79a7}.s4{fill:#e69f00}.s5{fill:#56b4e9}.line{fill:none;stroke-width:2}
.line.s0{stroke:#0072b2}.line.s1{stroke:#d55e00}.line.s2{stroke:#009e73}.line.s3{stroke:#cc79a7}.line.s4{stroke:#e69f00}.line.s5{stroke:#56b4e9}
.line.s0,.line.s1,.line.s2,.line.s3,.line.s4,.line.s5{fill:none}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.small{fill:#9198a1}.paper{fill:#12161c}.grid{stroke:#2a313a}.axis{stroke:#6e7681}.goal{stroke:#f0a35e}.whisker{stroke:#e6edf3}
.peer{fill:#6e7681}.box{fill:#1b222b;stroke:#6e7681}.flow{stroke:#9198a1}.s0{fill:#4aa8e8}.s1{fill:#ff8c42}.line.s0{stroke:#4aa8e8}.line.s1{stroke:#ff8c42}}
</style>`

/**
 * A picture of its own: background, title and classes for light and dark, nothing loaded from elsewhere. `body` is SVG as
 * it is: text in it must have gone through escapeText. `about` is read to those who do not see the picture.
 */
export function svgFrame({
  width,
  height,
  title,
  about,
  body,
}: {
  width: number
  height: number
  title: string
  about: string
  body: readonly string[]
}): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeText(`${title}. ${about}`)}">`,
    style,
    '<rect class="paper" width="100%" height="100%"/>',
    `<text class="title" x="20" y="26">${escapeText(title)}</text>`,
    ...body,
    '</svg>',
    '',
  ].join('\n')
}
