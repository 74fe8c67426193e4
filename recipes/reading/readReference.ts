import type { Template } from '../running/index.ts'

/** A text of a source, compiled, and the paths that it refers to; or what is wrong with it. */
export type ReadText = { template: Template; references: string[][] } | { problem: string }

const reference = /^[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*(?:\.[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*|\[\d{1,6}\])*$/

/**
 * `${steps.plan.run}`: a text that is one reference is the value itself, of any type; one with more in it is a text with the values
 * written out. `$${` is a `${` that is meant. Steps of a path are split by dots; `[0]` is a position of a list.
 */
export function readReference(text: string): ReadText {
  const parts: Template[] = []
  const references: string[][] = []
  let plain = ''
  for (let at = 0; at < text.length;) {
    if (text.startsWith('$${', at)) {
      plain += '${'
      at += 3
    } else if (text.startsWith('${', at)) {
      const end = text.indexOf('}', at)
      if (end < 0) return { problem: `\${ at character ${at + 1} has no }` }
      const inner = text.slice(at + 2, end).trim()
      if (!reference.test(inner)) return { problem: `\${${inner}} is no reference` }
      const path = inner.replaceAll(/\[(\d+)\]/g, '.$1').split('.')
      if (plain !== '') parts.push(plain)
      plain = ''
      parts.push({ $ref: path })
      references.push(path)
      at = end + 1
    } else plain += text[at++]
  }
  if (references.length === 0) return { template: plain, references }
  if (plain !== '') parts.push(plain)
  const [only] = parts
  return { template: parts.length === 1 && only !== undefined ? only : { $text: parts }, references }
}
