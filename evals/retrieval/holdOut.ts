import { seededUniform } from '../../models/index.ts'

/** A text of a Datanet with the document that it was cut from. */
export type SourcedText = { prompt: string; completion: string; contributor: string; document: string }

/** Texts to learn from and texts to ask about, of the same contributors; no document is on both sides. */
export type HeldOut = { contributors: string[]; samples: SourcedText[]; queries: SourcedText[] }

/** At most so many in all; of each contributor the same number to learn from, and no fewer than `fewestOfEach`. */
export type HoldOutSizes = { contributors: number; samples: number; queries: number; fewestOfEach: number }

/**
 * Holds out a tenth of the documents (each with a seeded draw of its own), then takes the contributors that have the most
 * texts on both sides, and of each the same number to learn from, in seeded order, so that nobody is named for having
 * written more. Who has too few texts on either side is left out. Deterministic in the seed.
 */
export function holdOut(texts: readonly SourcedText[], sizes: HoldOutSizes, seed: number): HeldOut {
  const drawOf = (what: string): number => seededUniform(`held out ${seed} ${what}`)()
  const order = texts
    .map((text, i) => ({ text, at: drawOf(`${i} of ${text.document}`), asked: drawOf(text.document) < 0.1 }))
    .toSorted((a, b) => a.at - b.at)
  const of = (contributor: string, asked: boolean): SourcedText[] =>
    order.flatMap((one) => (one.asked === asked && one.text.contributor === contributor ? [one.text] : []))
  const contributors = [...new Set(texts.map(({ contributor }) => contributor))]
    .map((name) => ({ name, learned: of(name, false), asked: of(name, true) }))
    .filter(({ learned, asked }) => learned.length >= sizes.fewestOfEach && asked.length > 0)
    .toSorted((a, b) => b.asked.length - a.asked.length || (a.name < b.name ? -1 : 1))
    .slice(0, sizes.contributors)
  const most = Math.floor(sizes.samples / contributors.length)
  const each = contributors.reduce((fewest, { learned }) => Math.min(fewest, learned.length), most)
  const askedOfEach = Math.floor(sizes.queries / contributors.length)
  return {
    contributors: contributors.map(({ name }) => name),
    samples: contributors.flatMap(({ learned }) => learned.slice(0, each)),
    queries: contributors.flatMap(({ asked }) => asked.slice(0, askedOfEach)),
  }
}
