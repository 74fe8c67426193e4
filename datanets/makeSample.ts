import { digestOf, type Digest, type Sample } from '../kernel/index.ts'

/** A sample with its id: the digest of the canonical bytes of all other fields. */
export function makeSample({ prompt, completion, payee, licence, source }: Omit<Sample, 'id'>): Sample {
  return { id: sampleId({ prompt, completion, payee, licence, source }), prompt, completion, payee, licence, source }
}

/** The id that a sample of these fields must carry. */
export function sampleId({ prompt, completion, payee, licence, source }: Omit<Sample, 'id'>): Digest {
  return digestOf({ prompt, completion, payee, licence, source })
}

/**
 * The document that a sample was cut from: its source without the `#place` inside it. Held-out splits keep a document
 * whole, since sections of one page repeat one another.
 */
export function documentOf(sample: Pick<Sample, 'source'>): string {
  const hash = sample.source.indexOf('#')
  return hash === -1 ? sample.source : sample.source.slice(0, hash)
}
