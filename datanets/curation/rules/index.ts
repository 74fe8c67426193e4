import type { CurationRule } from '../rule.ts'
import { piiIban } from './bankAccount.ts'
import { qualityLicenceText, qualityPeople, qualitySponsors } from './boilerplate.ts'
import { piiCard } from './creditCard.ts'
import { piiEmail } from './email.ts'
import { qualityLong, qualityShort } from './length.ts'
import { licenceIncompatible, licenceMissing, licenceUnknown } from './licence.ts'
import { qualityBadges, qualityContents, qualityHtml, qualityRepetitive, qualityUnreadable } from './markup.ts'
import { piiPhone } from './phone.ts'
import { secretPrivateKey } from './privateKey.ts'
import { secretFound } from './secret.ts'

/** The rules about single samples in the order in which they are asked; the first that objects decides. */
export const sampleRules: readonly CurationRule[] = [
  licenceMissing,
  licenceUnknown,
  licenceIncompatible,
  qualityShort,
  qualityLong,
  qualityUnreadable,
  qualityLicenceText,
  qualitySponsors,
  qualityPeople,
  qualityContents,
  qualityBadges,
  qualityHtml,
  qualityRepetitive,
  piiEmail,
  piiPhone,
  piiIban,
  piiCard,
  secretPrivateKey,
  secretFound,
]
