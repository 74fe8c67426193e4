import { lineOf, type CurationRule } from '../rule.ts'

const candidate =
  /(private[\s_-]?key|secret[\s_-]?key|seed|--?(?:private-)?key|privateKeyToAccount)[^\n]{0,24}?(?:0x)?([0-9a-f]{64})(?![0-9a-f])/gi

/** The keys of the phrase 'test test … junk', which every local chain prints. First eight digits of each. */
const localChain = new Set([
  'ac0974be',
  '59c6995e',
  '5de4111a',
  '7c852118',
  '47e179ec',
  '8b3a350c',
  '92db14e4',
  '4bbbf85c',
  'dbda1821',
  '2a871d07',
])

/** The first position of a raw EVM private key that is named as such, or -1; digests look the same and are none. */
export function findPrivateKey(text: string): number {
  for (const { 2: key = '', index } of text.matchAll(candidate)) {
    if (!localChain.has(key.slice(0, 8).toLowerCase()) && new Set(key.toLowerCase()).size > 6) return index
  }
  return -1
}

export const secretPrivateKey: CurationRule = {
  id: 'secret/private-key',
  about: 'No private keys of a chain, but for the known ones of local test chains.',
  check: ({ prompt, completion }) => {
    const text = `${prompt}\n${completion}`
    const at = findPrivateKey(text)
    return at === -1
      ? undefined
      : `There is what looks like a private key in it (line ${lineOf(text, at)}, the prompt counted). Move its funds, write a placeholder, and contribute the text again.`
  },
}
