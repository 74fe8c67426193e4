import type { Section } from './cutSections.ts'

const asked: [RegExp, (name: string) => string][] = [
  [/^(install(ation|ing)?|how to install|getting it)$/i, (name) => `How do I install ${name}?`],
  [/^((basic |simple )?usage|how to use( it)?|getting started|quick ?start)$/i, (name) => `How do I use ${name}?`],
  [/^(examples?|usage examples?|sample code)$/i, (name) => `Show an example of how to use ${name}.`],
  [/^(api|api reference|reference)$/i, (name) => `What is the API of ${name}?`],
  [/^(options?|configuration|config|settings)$/i, (name) => `Which options does ${name} have?`],
  [/^(features?|highlights|why.*|motivation|about|overview|introduction)$/i, (name) => `What does ${name} offer?`],
]

/**
 * The question that a section of a document answers, from the document's name and the section's headings: what somebody
 * who does not know the text would ask. A heading that says nothing alone ('Example') brings the one above it along.
 */
export function sectionPrompt(
  document: string,
  { heading, depth, above }: Pick<Section, 'heading' | 'depth' | 'above'>,
) {
  const title = heading.replace(/[\s:#]+$/, '')
  if (title === '' || depth <= 1 || sameName(title, document)) return `What is ${document}?`
  if (title.endsWith('?')) return `About ${document}: ${title}`
  // The title of the page is the document's name said again, so only the headings between it and this one add to it.
  const parents = above.slice(1).filter((name) => name !== '')
  const parent = parents.at(-1)
  const template = asked.find(([pattern]) => pattern.test(title))?.[1]
  if (template) return template(parent === undefined ? document : `${parent} of ${document}`)
  return `In the documentation of ${document}, what is said about "${parent === undefined ? title : `${parent}: ${title}`}"?`
}

function sameName(title: string, document: string): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
  return plain(title) === plain(document)
}
