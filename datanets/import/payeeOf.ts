import { payeeIdString, type PayeeId } from '../../kernel/index.ts'
import { badInput, type Place } from './badInput.ts'

/**
 * The payee that a contributor's field names: an address in lower case, a name with a scheme (`npm:zod`) as it is, and
 * any other name under the scheme `name:`. White space is made single. Throws datanets/bad-contributor.
 */
export function payeeOf(contributor: string, place: Place): PayeeId {
  const name = contributor.normalize('NFC').replace(/\s+/gu, ' ').trim()
  const candidate = /^0x[0-9a-f]{40}$/i.test(name)
    ? name.toLowerCase()
    : /^[a-z][a-z0-9]*:\S/.test(name)
      ? name
      : `name:${name}`
  const parsed = payeeIdString.safeParse(candidate)
  if (name === '' || /\p{C}/u.test(name) || !parsed.success) {
    throw badInput('datanets/bad-contributor', "the contributor can't be used as a payee.", {
      place,
      tryThis: 'give an address, or a name of 1 to 190 characters without control characters',
    })
  }
  return parsed.data
}
