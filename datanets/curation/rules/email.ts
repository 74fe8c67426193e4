import { lineOf, type CurationRule } from '../rule.ts'

const address =
  /(?<![\p{L}\p{N}._%+/:@-])([\p{L}\p{N}][\p{L}\p{N}._%+-]{0,63})@((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24})(?![\p{L}\p{N}-])/giu

/** Names reserved for examples (RFC 2606, RFC 6761) and those that stand for "your domain" in real READMEs. */
const exampleDomain =
  /(^|\.)(example|test|invalid|localhost|local)(\.[a-z]{2,3})?$|^((my|your|some|any|the)?-?(domain|company|host|hostname|site|website|server|mail|email|provider|organi[sz]ation|org|corp|app)|foo|bar|baz|acme|xyz|abc|a|b|c|x|y|doe)\.[a-z]{2,4}$/i
const placeholderName =
  /^(you|your[._-]?(name|e?-?mail|user(name)?|address)?|user(name)?\d*|someone|somebody|name|foo|bar|baz|test(er|ing)?\d*|j(ohn|ane)?([._-]?(doe|smith))?|alice|bob|email|mail|e?-?mail-?address|first\.last|x+|abc|no-?reply|do-?not-?reply)$/i
/** An office, not a person. */
const role =
  /^(info|support|help|helpdesk|contact|hello|security|abuse|admin|administrator|webmaster|postmaster|hostmaster|sales|press|media|team|office|legal|privacy|conduct|coc|opensource|oss|open-source|feedback|bugs?|issues|jobs|careers|billing|licensing|newsletter|git|npm)([._+-].*)?$/i
/** `icon@2x.png` and `lib@next.js` look like addresses and are none. */
const fileEnding =
  /\.(png|jpe?g|gif|svg|webp|avif|ico|js|mjs|cjs|ts|mts|jsx|tsx|css|html?|json|md|mdx|map|wasm|node|tgz|zip|gz|ya?ml|lock|txt)$/i

/** The first position of an address of a person, or -1. */
export function findEmail(text: string): number {
  for (const { 1: name = '', 2: domain = '', index } of text.matchAll(address)) {
    if (
      exampleDomain.test(domain) ||
      placeholderName.test(name) ||
      role.test(name) ||
      !/\p{L}/u.test(name) ||
      fileEnding.test(domain)
    )
      continue
    return index
  }
  return -1
}

/** Rejected rather than redacted: other text is another digest, and only the contributor can commit to that. */
export const piiEmail: CurationRule = {
  id: 'pii/email',
  about: 'No e-mail addresses of persons; those of offices and examples are fine.',
  check: ({ prompt, completion }) => {
    const text = `${prompt}\n${completion}`
    const at = findEmail(text)
    return at === -1
      ? undefined
      : `There is an e-mail address of a person in it (line ${lineOf(text, at)}, the prompt counted). Remove it, or write user@example.com, and contribute the text again.`
  },
}
