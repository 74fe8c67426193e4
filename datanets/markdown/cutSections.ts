import type { Heading, Root } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { toString } from 'mdast-util-to-string'
import { gfm } from 'micromark-extension-gfm'

/** A section: its heading, the headings above it from the top, and its Markdown without the heading. */
export type Section = { heading: string; depth: number; above: string[]; text: string; line: number }

/**
 * Cuts Markdown at its headings, by a CommonMark and GFM parser: a `#` inside of code or a list is none. Text before the
 * first heading is a section with the heading ''. Each section ends where the next heading of any depth begins, so that
 * no text is in two of them; empty ones are left out. Markup is kept as written. Cost: about 1 ms for 4 KB.
 */
export function cutSections(markdown: string): Section[] {
  const root: Root = fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] })
  const headings = root.children.filter((node): node is Heading => node.type === 'heading')
  const sections: Section[] = []
  const push = (section: Omit<Section, 'text'>, from: number, to: number) => {
    const text = markdown.slice(from, to).trim()
    if (text !== '') sections.push({ ...section, text })
  }
  push({ heading: '', depth: 0, above: [], line: 1 }, 0, headings[0]?.position?.start.offset ?? markdown.length)
  const path: { heading: string; depth: number }[] = []
  for (const [i, node] of headings.entries()) {
    const heading = toString(node).replace(/\s+/g, ' ').trim()
    while (path.length > 0 && path.at(-1)!.depth >= node.depth) path.pop()
    const above = path.map((step) => step.heading)
    path.push({ heading, depth: node.depth })
    const from = node.position?.end.offset ?? 0
    const to = headings[i + 1]?.position?.start.offset ?? markdown.length
    push({ heading, depth: node.depth, above, line: node.position?.start.line ?? 1 }, from, to)
  }
  return sections
}
