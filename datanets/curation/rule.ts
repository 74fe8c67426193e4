import type { Sample } from '../../kernel/index.ts'
import { permissiveLicences } from './licence.ts'

/** What a Datanet asks of its samples. Its canonical form is part of the card: integers and text only. */
export type CurationOptions = {
  allowedLicences: readonly string[]
  /** Characters of prompt and completion together. */
  minCharacters: number
  /** Characters of the completion. */
  maxCharacters: number
  /** Two samples are near duplicates from this Jaccard similarity on. */
  nearDuplicatePpm: number
}

export const defaultCurationOptions: CurationOptions = {
  allowedLicences: permissiveLicences,
  minCharacters: 16,
  maxCharacters: 8000,
  nearDuplicatePpm: 700_000,
}

/**
 * A rule about single samples. Its id is stored with every decision, so an id is never given to another rule. `check`
 * returns the reason for a rejection, written for the contributor: what was found and what to do; never the personal
 * datum or secret itself, since reasons are shown. Undefined: nothing against it.
 */
export type CurationRule = {
  id: `${string}/${string}`
  about: string
  check: (sample: Sample, options: CurationOptions) => string | undefined | Promise<string | undefined>
  /** Of a sample that it lets pass narrowly: why somebody should look at it. It widens nothing: `check` comes first. */
  doubt?: (sample: Sample, options: CurationOptions) => string | undefined
}

/** The line of a text, from 1, that holds a position: reasons name the place and leave the thing itself out. */
export function lineOf(text: string, index: number): number {
  let line = 1
  for (let i = text.indexOf('\n'); i !== -1 && i < index; i = text.indexOf('\n', i + 1)) line++
  return line
}

/** The heading that a sample was cut under, as its source says it; '' where it has none. */
export function headingOf({ source }: Pick<Sample, 'source'>): string {
  const hash = source.indexOf('#')
  return hash === -1 ? '' : source.slice(hash + 1)
}
