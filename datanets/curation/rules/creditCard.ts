import { lineOf, type CurationRule } from '../rule.ts'

const candidate = /(?<![\w.+-])(?:\d{4}([ -]?)\d{4}\1\d{4}\1\d{4}|3[47]\d{2}([ -]?)\d{6}\2\d{5})(?![\w-]|\.\d)/g
const brand = /^(?:4|5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720|3[47]|6011|65|64[4-9]|35(?:2[89]|[3-8]))/
/** Numbers that payment providers publish for tests. */
const testCards = new Set([
  '4242424242424242',
  '4111111111111111',
  '4012888888881881',
  '4000056655665556',
  '4000000000000002',
  '5555555555554444',
  '5105105105105100',
  '5454545454545454',
  '2223003122003222',
  '6011111111111117',
  '6011000990139424',
  '378282246310005',
  '371449635398431',
  '3530111333300000',
  '3566002020360505',
])

/** The first position of a card number of a known brand with the right check digit (Luhn, ISO/IEC 7812), or -1. */
export function findCard(text: string): number {
  for (const { 0: found, index } of text.matchAll(candidate)) {
    const digits = found.replace(/\D/g, '')
    if (brand.test(digits) && !testCards.has(digits) && !/^(\d)\1+$/.test(digits.slice(1)) && luhn(digits)) return index
  }
  return -1
}

function luhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i])
    const doubled = i % 2 === 1 ? 2 * digit : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

export const piiCard: CurationRule = {
  id: 'pii/card',
  about: 'No payment cards, but for the test numbers that providers publish.',
  check: ({ prompt, completion }) => {
    const text = `${prompt}\n${completion}`
    const at = findCard(text)
    return at === -1
      ? undefined
      : `There is a payment card number in it (line ${lineOf(text, at)}, the prompt counted). Remove it, or use a test number such as 4242 4242 4242 4242.`
  },
}
