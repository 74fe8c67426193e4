import {
  normaliseLicence,
  permissiveLicences,
  sampleSubset,
  satisfiesLicence,
  splitByDocument,
} from '../../datanets/index.ts'
import { TributaryError, type Digest, type PayeeId, type Sample } from '../../kernel/index.ts'
import { getVersion, samplesOfVersion } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { heldOutSplit } from './heldOutSplit.ts'

const heldOutTexts = 64
const minPayees = 50

export type LicenceCount = { licence: string; samples: number; allowed: boolean }
export type ChosenTexts = {
  datanet: string
  version: number
  /** All samples of the version by licence: those that are not allowed are left out. */
  licences: LicenceCount[]
  /** What can be trained on, before a number of them is drawn. */
  train: Sample[]
  heldOut: Sample[]
  validation: Sample[]
}

/**
 * The texts of a version that a run may learn from, and those that it is measured by: whole documents are held out, the
 * losses on the card are of up to 64 of them, and others are looked at while training goes on. A licence that does
 * not allow it keeps a sample out, whatever curation said then.
 * Throws store/not-found, store/erased, datanets/one-document, tools/licence.
 */
export async function chooseTexts(
  { store }: Pick<ToolContext, 'store'>,
  { datanetRoot, seed, validationTexts }: { datanetRoot: Digest; seed: number; validationTexts: number },
): Promise<ChosenTexts> {
  const { datanet, number: version } = await getVersion(store, { root: datanetRoot })
  const all = await samplesOfVersion(store, { datanet, number: version })
  const licences = licencesOf(all)
  const allowed = new Set(licences.flatMap(({ licence, allowed: is }) => (is ? [licence] : [])))
  const usable = all.filter(({ licence }) => allowed.has(licence))
  if (usable.length === 0) {
    throw new TributaryError('No sample of this version may be trained on.', {
      code: 'tools/licence',
      facts: { datanetRoot, licences: licences.map(({ licence, samples }) => `${licence}: ${samples}`) },
      tryThis: 'publish a version with samples under a licence such as MIT or CC-BY-4.0',
    })
  }
  const split = splitByDocument(usable, heldOutSplit(datanetRoot, seed))
  const spare = split.heldOut.length - Math.min(validationTexts, Math.floor(split.heldOut.length / 3))
  const heldOut = sampleSubset({
    samples: split.heldOut,
    n: Math.min(heldOutTexts, spare),
    seed: `held-out/${seed}`,
    minPayees,
  })
  const measured = new Set(heldOut)
  const rest = split.heldOut.filter((sample) => !measured.has(sample))
  const validation = sampleSubset({ samples: rest, n: validationTexts, seed: `validation/${seed}`, minPayees })
  return { datanet, version, licences, train: split.train, heldOut, validation }
}

/** Draws at most `n` to train on, seeded and stratified by payee. */
export function drawSamples(train: readonly Sample[], { n, seed }: { n: number; seed: number }): Sample[] {
  return sampleSubset({ samples: train, n, seed: `train/${seed}`, minPayees })
}

export function payeesOf(samples: readonly Sample[]): PayeeId[] {
  return [...new Set(samples.map(({ payee }) => payee))]
}

function licencesOf(samples: readonly Sample[]): LicenceCount[] {
  return [...Map.groupBy(samples, ({ licence }) => licence)]
    .map(([licence, own]) => {
      const expression = normaliseLicence(licence)
      const allowed = expression !== undefined && satisfiesLicence(expression, permissiveLicences)
      return { licence, samples: own.length, allowed }
    })
    .toSorted((a, b) => b.samples - a.samples || (a.licence < b.licence ? -1 : 1))
}
