import { searchPhoneNumbersInText } from 'libphonenumber-js/max'
import { lineOf, type CurationRule } from '../rule.ts'

const worthAsking = /\+\s?\(?\d[\d\s().\-/]{5,}\d/
const announced =
  /\b(?:phone|mobile|cell|whatsapp|tel|fax|call(?: me)?)\b\s*(?:(?:no|number)\b)?[.:#]{0,2}\s{0,3}(\(?\d[\d\s().\-/]{7,18}\d)/gi

/** Toll-free and other numbers that belong to organisations only. */
const offices = new Set(['TOLL_FREE', 'PREMIUM_RATE', 'SHARED_COST', 'UAN', 'VOICEMAIL'])

/**
 * The first position of a phone number of a possible person, or -1: valid international numbers, and valid American
 * ones after a word such as 'phone:'. Passed over: toll-free ones, and the 555-01xx numbers that are kept for fiction.
 */
export function findPhone(text: string): number {
  if (worthAsking.test(text)) {
    for (const { number, startsAt } of searchPhoneNumbersInText(text)) {
      if (text[startsAt] === '+' || text[startsAt - 1] === '+') if (isPersonal(number)) return startsAt
    }
  }
  for (const { 1: digits = '', index } of text.matchAll(announced)) {
    for (const { number } of searchPhoneNumbersInText(digits, 'US')) if (isPersonal(number)) return index
  }
  return -1
}

function isPersonal(number: { isValid(): boolean; getType(): string | undefined; nationalNumber: string }): boolean {
  if (!number.isValid() || offices.has(number.getType() ?? '')) return false
  const national: string = number.nationalNumber
  return !/55501\d\d$/.test(national) && !/^(\d)\1+$/.test(national) && !'01234567890123456789'.includes(national)
}

export const piiPhone: CurationRule = {
  id: 'pii/phone',
  about: 'No phone numbers, but for toll-free and fictional ones.',
  check: ({ prompt, completion }) => {
    const text = `${prompt}\n${completion}`
    const at = findPhone(text)
    return at === -1
      ? undefined
      : `There is a phone number in it (line ${lineOf(text, at)}, the prompt counted). Remove it, or write one kept for fiction such as +1 202 555 0100, and contribute the text again.`
  },
}
