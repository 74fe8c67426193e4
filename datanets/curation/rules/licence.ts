import { normaliseLicence, satisfiesLicence } from '../licence.ts'
import type { CurationRule } from '../rule.ts'

export const licenceMissing: CurationRule = {
  id: 'licence/missing',
  about: 'A sample needs a licence.',
  check: ({ licence }) =>
    licence.trim() === ''
      ? 'No licence is named. Name the SPDX licence under which the text was published, and contribute it again.'
      : undefined,
}

export const licenceUnknown: CurationRule = {
  id: 'licence/unknown',
  about: 'A licence must be an SPDX expression.',
  check: ({ licence }) =>
    normaliseLicence(licence) === undefined
      ? `'${licence.slice(0, 60)}' is not an SPDX licence expression. Write it as on spdx.org/licenses, such as MIT or CC-BY-4.0.`
      : undefined,
}

export const licenceIncompatible: CurationRule = {
  id: 'licence/incompatible',
  about: 'A licence must allow that a model learns from the text and its answers are sold.',
  check: ({ licence }, { allowedLicences }) => {
    const expression = normaliseLicence(licence)
    return expression !== undefined && !satisfiesLicence(expression, allowedLicences)
      ? `${expression} is not among the licences that this Datanet takes. Where you own the text, offer it under one of them, such as CC-BY-4.0.`
      : undefined
  },
}
