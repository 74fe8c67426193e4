// Names are compared without case, `_` and `-`: privateKey, private_key and PRIVATE-KEY are one.
const keyNames = new Set(
  `key keys privatekey secret secrets secretkey apikey mnemonic seedphrase password passphrase authorization authorisation
  cookie setcookie token accesstoken bearer signature signatures payload paymentsignature xpayment paymentheader databaseurl
  salt salts requestsalt answersalt`.split(/\s+/),
)
const textNames = new Set(
  `prompt prompts completion completions answer answers answertext request requests requesttext question questions message
  messages content sample samples text texts body input inputs output outputs result results promptids answerids params
  delta choices payment`.split(/\s+/),
)

const digestShape = /^0x[0-9a-f]{64}$/
const hidden = '[not logged]'
const maxDepth = 8
const maxString = 2_000

/**
 * A copy of a JSON value that can be logged.
 *
 * Under the name of a key, signature or salt nothing passes (a private key has the shape of a digest). Under the
 * name of a text (prompt, answer, sample, …) only counts and digests pass, as receipts and statements have them.
 * Elsewhere strings lose the credentials of a URL and are cut at 2,000 characters; below eight levels nothing passes.
 */
export function withoutSecrets(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return cut(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= maxDepth) return hidden
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, held]) => [name, mayPass(name, held) ? withoutSecrets(held, depth + 1) : hidden]),
  )
}

function mayPass(name: string, held: unknown): boolean {
  const plain = name.toLowerCase().replace(/[_-]/g, '')
  if (held === null || typeof held === 'boolean') return true
  if (keyNames.has(plain)) return false
  if (!textNames.has(plain)) return true
  return typeof held === 'number' || (typeof held === 'string' && digestShape.test(held))
}

function cut(text: string): string {
  const safe = text.replace(/(\w+:\/\/)[^\s/@]+@/g, '$1')
  return safe.length > maxString ? `${safe.slice(0, maxString)}…` : safe
}
