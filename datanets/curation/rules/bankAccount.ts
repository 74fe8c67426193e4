import { lineOf, type CurationRule } from '../rule.ts'

// Lengths by country: the IBAN registry of SWIFT (ISO 13616).
const lengths: Record<string, number> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 ' +
    'FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 ' +
    'LU20 LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 ' +
    'SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
)
/** Those that banks and standards print as examples. */
const examples = new Set([
  'GB82WEST12345698765432',
  'DE89370400440532013000',
  'GB29NWBK60161331926819',
  'NL91ABNA0417164300',
  'FR1420041010050500013M02606',
  'BE68539007547034',
  'CH9300762011623852957',
  'ES9121000418450200051332',
  'AT611904300234573201',
])

/** The first position of an IBAN with right country, length and check digits (ISO 7064, mod 97 = 1), or -1. */
export function findIban(text: string): number {
  for (const { 0: found, index } of text.matchAll(/(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}/g)) {
    const plain = found.replaceAll(' ', '').slice(0, lengths[found.slice(0, 2)] ?? 0)
    if (plain.length > 0 && plain.length === lengths[found.slice(0, 2)] && !examples.has(plain) && mod97(plain) === 1) {
      return index
    }
  }
  return -1
}

function mod97(iban: string): number {
  let rest = 0
  for (const letter of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(letter, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest
}

export const piiIban: CurationRule = {
  id: 'pii/iban',
  about: 'No bank accounts (IBAN), but for the well-known examples.',
  check: ({ prompt, completion }) => {
    const text = `${prompt}\n${completion}`
    const at = findIban(text)
    return at === -1
      ? undefined
      : `There is a bank account number in it (line ${lineOf(text, at)}, the prompt counted). Remove it, or use an example such as GB82 WEST 1234 5698 7654 32.`
  },
}
