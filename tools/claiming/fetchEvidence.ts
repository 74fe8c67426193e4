import { lookup as systemLookup } from 'node:dns'
import { request as overHttp, type IncomingMessage } from 'node:http'
import { request as overHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { TributaryError } from '../../kernel/index.ts'
import { isPrivateAddress } from './privateAddress.ts'

export type Fetched = { url: string; bytes: Uint8Array }

export type FetchRules = {
  /** The only origin that may lie on a private address or speak plain HTTP: one that the operator configured. */
  trustedOrigin?: string | undefined
  mostBytes?: number
  timeoutMs?: number
}

const mostRedirects = 3

/**
 * Fetches a document that a stranger names, without being led anywhere else: HTTPS only, every address that a name stands for
 * is looked at when the connection is made (so that a second answer of the name server changes nothing), redirects are followed
 * three times by the same rules, and reading stops at `mostBytes` (1 MiB) or `timeoutMs` (10 s).
 * Throws payee/not-https, payee/private-address, payee/too-large, payee/redirects, payee/no-evidence (retry).
 */
export async function fetchEvidence(address: string, rules: FetchRules = {}): Promise<Fetched> {
  const { mostBytes = 2 ** 20, timeoutMs = 10_000 } = rules
  const signal = AbortSignal.timeout(timeoutMs)
  let url = new URL(address)
  for (let hops = 0; hops <= mostRedirects; hops++) {
    const response = await connect(url, rules.trustedOrigin, signal)
    const { statusCode = 0, headers } = response
    if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
      response.destroy()
      url = next(headers.location, url)
      continue
    }
    if (statusCode !== 200) {
      response.destroy()
      throw refused('no-evidence', url, `it answers ${statusCode}`, statusCode >= 500)
    }
    return { url: url.href, bytes: await read(response, url, mostBytes) }
  }
  throw refused('redirects', url, `more than ${mostRedirects} redirects`)
}

async function connect(url: URL, trusted: string | undefined, signal: AbortSignal): Promise<IncomingMessage> {
  const isTrusted = trusted !== undefined && url.origin === new URL(trusted).origin
  if (!isTrusted && url.protocol !== 'https:') throw refused('not-https', url, url.protocol)
  if (url.username !== '' || url.password !== '') throw refused('not-https', url, 'it holds a password')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (!isTrusted && isIP(host) !== 0 && isPrivateAddress(host)) throw refused('private-address', url, host)
  const options = {
    signal,
    agent: false as const,
    headers: { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'tributary' },
    ...(isTrusted ? {} : { lookup: publicLookup(url) }),
  }
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? overHttps(url, options, resolve) : overHttp(url, options, resolve)
    request.on('error', (cause) => reject(asRefusal(cause, url)))
    request.end()
  })
}

/** A name server’s answer is looked at where the connection takes it from. */
function publicLookup(url: URL): LookupFunction {
  return (name, options, done) => {
    systemLookup(name, { ...options, all: true }, (failure, found) => {
      if (failure) return done(failure, '', 0)
      const closed = found.find(({ address }) => isPrivateAddress(address))
      if (closed) return done(refused('private-address', url, closed.address), '', 0)
      if (options.all === true) return done(null, found)
      const [first] = found
      done(null, first?.address ?? '', first?.family ?? 0)
    })
  }
}

async function read(response: IncomingMessage, url: URL, mostBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  try {
    const stream: AsyncIterable<Uint8Array> = response
    for await (const part of stream) {
      size += part.length
      if (size > mostBytes) throw refused('too-large', url, `more than ${mostBytes} bytes`)
      parts.push(part)
    }
  } catch (cause) {
    throw asRefusal(cause, url)
  }
  return new Uint8Array(Buffer.concat(parts))
}

function next(location: string, from: URL): URL {
  try {
    return new URL(location, from)
  } catch (cause) {
    throw refused('redirects', from, 'it redirects to something that is no address', false, cause)
  }
}

function asRefusal(cause: unknown, url: URL): TributaryError {
  if (cause instanceof TributaryError) return cause
  return refused('no-evidence', url, cause instanceof Error ? cause.message : '', true, cause)
}

function refused(
  what: 'not-https' | 'private-address' | 'too-large' | 'redirects' | 'no-evidence',
  url: URL,
  reason: string,
  retry = false,
  cause?: unknown,
): TributaryError {
  const next = {
    'not-https': 'the evidence has to be reached by HTTPS alone',
    'private-address': 'the evidence has to lie on the public internet',
    'too-large': 'a proof needs a few hundred bytes',
    redirects: 'let the address answer itself',
    'no-evidence': 'see that the address can be reached and try again',
  }
  return new TributaryError('The evidence cannot be fetched.', {
    code: `payee/${what}`,
    facts: { origin: url.origin, path: url.pathname.slice(0, 200), reason: reason.slice(0, 200) },
    tryThis: next[what],
    retry,
    cause,
  })
}
