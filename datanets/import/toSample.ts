import { addressString, digestString, findError, TributaryError, type Digest, type Sample } from '../../kernel/index.ts'
import { commitTo } from '../contributions/commitment.ts'
import { noCommitment, nobody, type SigningScope } from '../contributions/typedData.ts'
import { verifyContribution } from '../contributions/verifyContribution.ts'
import { normaliseLicence } from '../curation/licence.ts'
import { makeSample } from '../makeSample.ts'
import { badInput, showPlace } from './badInput.ts'
import type { ImportLimits } from './limits.ts'
import { payeeOf } from './payeeOf.ts'
import type { RawRecord } from './rawRecord.ts'
import { textToPair } from './textToPair.ts'

/** A sample as imported; `signature` and `salt` are there when its contributor signed it. */
export type ImportedSample = { sample: Sample; signature?: string; salt?: Digest }

export type RecordRules = {
  /** The Datanet that signed records must name. */
  datanet: string
  scope?: SigningScope
  /** Licence of records that name none. */
  licence?: string
  limits: ImportLimits
  /** Whether a record without a known licence stops the import, or is left to curation, which rejects it alone. */
  unknownLicence: 'refuse' | 'curate'
}

/**
 * Judges one record and makes its sample. Throws, each with the place: datanets/no-text, datanets/oversize,
 * datanets/not-text, datanets/no-contributor, datanets/bad-contributor, datanets/no-licence,
 * datanets/unknown-licence, datanets/unsigned-source, datanets/bad-record, datanets/bad-signature.
 */
export async function toSample(record: RawRecord, rules: RecordRules): Promise<ImportedSample> {
  const { place } = record
  if (record.contributor === undefined) {
    throw badInput('datanets/no-contributor', 'nobody is named as contributor.', {
      place,
      tryThis: 'add the field contributor: an address or a name; in a folder, put the file into a sub-folder named so',
    })
  }
  const sample = makeSample({
    ...textOf(record, rules.limits),
    payee: payeeOf(record.contributor, place),
    licence: licenceOf(record, rules),
    source: record.source ?? showPlace(place),
  })
  if (record.signature === undefined) return { sample }
  return { sample, signature: record.signature, ...(await checkSigned(record, sample, rules)) }
}

function textOf(record: RawRecord, { sampleCharacters }: ImportLimits): { prompt: string; completion: string } {
  const { place, prompt, completion, text } = record
  if (completion === undefined && text === undefined) {
    throw badInput('datanets/no-text', 'there is no text in it.', {
      place,
      tryThis: 'give prompt and completion, or text',
    })
  }
  const pair = completion === undefined ? textToPair(text!) : { prompt: prompt ?? '', completion }
  const characters = pair.prompt.length + pair.completion.length
  if (characters > sampleCharacters) {
    throw badInput('datanets/oversize', `the sample has ${characters} characters, more than ${sampleCharacters}.`, {
      place,
      facts: { characters, maxCharacters: sampleCharacters },
      tryThis: 'cut it into parts',
    })
  }
  if (pair.completion.trim() === '' || !`${pair.prompt}${pair.completion}${record.source ?? ''}`.isWellFormed()) {
    throw badInput('datanets/not-text', 'the text is blank or holds a broken character.', {
      place,
      tryThis: 'write the text again, as UTF-8',
    })
  }
  return pair
}

function licenceOf(record: RawRecord, { licence, unknownLicence }: RecordRules): string {
  const given = record.licence ?? licence
  const known = given === undefined ? undefined : normaliseLicence(given)
  if (known !== undefined) return known
  if (unknownLicence === 'curate') return given ?? ''
  if (given === undefined) {
    throw badInput('datanets/no-licence', 'no licence is named.', {
      place: record.place,
      tryThis: 'add the field licence as an SPDX expression such as CC-BY-4.0, or name one for the whole corpus',
    })
  }
  throw badInput('datanets/unknown-licence', 'the licence is not a known SPDX expression.', {
    place: record.place,
    facts: { licence: given.slice(0, 80) },
    tryThis: 'write it as on spdx.org/licenses, such as MIT or CC-BY-4.0',
  })
}

async function checkSigned(record: RawRecord, sample: Sample, rules: RecordRules): Promise<{ salt?: Digest }> {
  const { place, signature = '', signer } = record
  if (record.source === undefined) {
    throw badInput('datanets/unsigned-source', 'a signed record must name its source itself.', {
      place,
      tryThis: 'add the field source that was signed with the text',
    })
  }
  const salt = record.salt === undefined ? undefined : digestString.safeParse(record.salt)
  const importedBy = addressString.safeParse(record.importedBy ?? nobody)
  if (salt?.success === false || !importedBy.success) {
    throw badInput('datanets/bad-record', `the field ${importedBy.success ? 'salt' : 'importedBy'} is malformed.`, {
      place,
      tryThis: 'salt is 0x and 64 lower-case hex digits, importedBy an address',
    })
  }
  const commitment = salt ? commitTo({ salt: salt.data, sample }) : noCommitment
  try {
    const { id, payee, licence } = sample
    const terms = { datanet: rules.datanet, sample: id, payee, licence, commitment, importedBy: importedBy.data }
    const by = await verifyContribution(terms, signature, rules.scope)
    if (signer !== undefined && signer.toLowerCase() !== by.toLowerCase()) {
      throw new TributaryError('The record names another signer.', {
        code: 'datanets/bad-signature',
        facts: { expected: by, named: signer.slice(0, 80) },
        tryThis: 'leave signer out, or name the one who signed',
      })
    }
  } catch (cause) {
    const found = findError(cause)
    if (found?.code !== 'datanets/bad-signature') throw cause
    const what = 'the signature is not good for this record.'
    const { facts, tryThis = 'sign it again' } = found
    throw badInput('datanets/bad-signature', what, { place, facts, tryThis, cause })
  }
  return salt ? { salt: salt.data } : {}
}
