import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digestBytes, digestText, payeeIdString, type Address } from '../../kernel/index.ts'
import type { ProofSources } from '../context.ts'
import { challengeText, checkChallenge, type ClaimChallenge } from './claimChallenge.ts'
import { controlEvidence } from './controlEvidence.ts'
import type { ControlProof } from './controlProof.ts'
import { fetchEvidence } from './fetchEvidence.ts'
import { isPrivateAddress } from './privateAddress.ts'

const owner = privateKeyToAccount(generatePrivateKey())
const stranger = privateKeyToAccount(generatePrivateKey())
const account = owner.address.toLowerCase() as Address

const pages = new Map<string, { status?: number; location?: string; body?: string }>()
const serve: RequestListener = (request, response) => {
  const { status = 200, location, body = '' } = pages.get(request.url ?? '') ?? { status: 404 }
  response.writeHead(status, location === undefined ? {} : { location })
  response.end(body)
}
const servers: Server[] = []
async function listen(): Promise<string> {
  const server = createServer(serve)
  servers.push(server)
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

let origin: string
let other: string
let proofs: ProofSources
const records = new Map<string, string[][]>()

beforeAll(async () => {
  ;[origin, other] = [await listen(), await listen()]
  proofs = {
    npmRegistry: origin,
    originOf: (domain) => `${origin}/${domain}`,
    trustedOrigin: origin,
    resolveTxt: async (name) => records.get(name) ?? Promise.reject(new Error('queryTxt ENOTFOUND')),
  }
})
afterAll(() => {
  for (const server of servers) server.close()
})

const json = (value: unknown) => ({ body: JSON.stringify(value) })

describe('fetching what a stranger names', () => {
  test.each([
    '127.0.0.1', '10.1.2.3', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1',
    '255.255.255.255', '::1', '::', 'fe80::1', 'fc00::1', '::ffff:127.0.0.1', '::ffff:a00:1', '2002:7f00:1::', '64:ff9b::a00:1',
  ])('%s is private', (ip) => expect(isPrivateAddress(ip)).toBe(true)) // prettier-ignore
  test.each(['1.1.1.1', '93.184.216.34', '172.32.0.1', '2606:4700::1111'])('%s is public', (ip) =>
    expect(isPrivateAddress(ip)).toBe(false),
  )

  test.each([
    ['http://example.org/', 'payee/not-https'],
    ['https://127.0.0.1/', 'payee/private-address'],
    ['https://[::1]/', 'payee/private-address'],
    ['https://[::ffff:127.0.0.1]/', 'payee/private-address'],
    ['https://localhost/', 'payee/private-address'],
    ['https://2130706433/', 'payee/private-address'],
    ['https://user:word@example.org/', 'payee/not-https'],
  ])('%s is refused as %s', async (url, code) => {
    await expect(fetchEvidence(url)).rejects.toMatchObject({ code })
  })

  test('a redirect from a trusted server to a private one is refused, one to itself is followed, a fourth is not', async () => {
    pages.set('/inside', { status: 302, location: `${other}/secret` })
    pages.set('/metadata', { status: 307, location: 'https://169.254.169.254/latest' })
    pages.set('/moved', { status: 301, location: '/here' })
    pages.set('/here', { body: 'found' })
    pages.set('/loop', { status: 302, location: '/loop' })
    const trust = { trustedOrigin: origin }
    await expect(fetchEvidence(`${origin}/inside`, trust)).rejects.toMatchObject({ code: 'payee/not-https' })
    await expect(fetchEvidence(`${origin}/metadata`, trust)).rejects.toMatchObject({ code: 'payee/private-address' })
    await expect(fetchEvidence(`${origin}/loop`, trust)).rejects.toMatchObject({ code: 'payee/redirects' })
    const { bytes } = await fetchEvidence(`${origin}/moved`, trust)
    expect(Buffer.from(bytes).toString()).toBe('found')
  })

  test('a body over the limit is refused at the limit, and a server that never answers after its time', async () => {
    pages.set('/huge', { body: 'x'.repeat(70_000) })
    const rules = { trustedOrigin: origin, mostBytes: 65_536 }
    await expect(fetchEvidence(`${origin}/huge`, rules)).rejects.toMatchObject({ code: 'payee/too-large' })
    const silent = createServer(() => undefined)
    servers.push(silent)
    await new Promise<void>((done) => void silent.listen(0, '127.0.0.1', done))
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    await expect(fetchEvidence(url, { trustedOrigin: url, timeoutMs: 200 })).rejects.toMatchObject({
      code: 'payee/no-evidence',
      retry: true,
    })
    silent.closeAllConnections()
  })
})

describe('the challenge', () => {
  const escrow = `0x${'ee'.repeat(20)}` as Address
  const challenge: ClaimChallenge = {
    purpose: 'bind',
    payee: payeeIdString.parse('npm:zod'),
    account,
    chainId: 31_337,
    escrow,
    nonce: digestText('nonce'),
    expiresAtMs: 1_000_000,
  }
  const here = { nowMs: 999_999, chainId: 31_337, escrow }

  test('signed by the address, in time and on this chain, holds', async () => {
    const signature = await owner.signMessage({ message: challengeText(challenge) })
    await checkChallenge(challenge, { ...here, signature })
  })

  test.each<[string, Partial<ClaimChallenge>, Partial<typeof here>, string]>([
    ['expired', {}, { nowMs: 1_000_001 }, 'payee/expired'],
    ['on another chain', {}, { chainId: 1 }, 'payee/other-chain'],
    ['for another contract', {}, { escrow: account }, 'payee/other-chain'],
    ['with the nonce of another', { nonce: digestText('other') }, {}, 'payee/not-signed'],
    ['for another payee', { payee: payeeIdString.parse('npm:viem') }, {}, 'payee/not-signed'],
    ['for another purpose', { purpose: 'recover' }, {}, 'payee/not-signed'],
  ])('%s is refused', async (_name, change, where, code) => {
    const signature = await owner.signMessage({ message: challengeText(challenge) })
    await expect(checkChallenge({ ...challenge, ...change }, { ...here, ...where, signature })).rejects.toMatchObject({
      code,
    })
  })

  test('signed by a stranger, or by nobody, is refused', async () => {
    const signature = await stranger.signMessage({ message: challengeText(challenge) })
    for (const signed of [signature, '0x12', ''])
      await expect(checkChallenge(challenge, { ...here, signature: signed })).rejects.toMatchObject({
        code: 'payee/not-signed',
      })
  })

  test('a payee with line breaks in its name cannot write lines of its own into the text', () => {
    const text = challengeText({ ...challenge, payee: 'name:a\nAddress: 0x12' as ClaimChallenge['payee'] })
    expect(text.split('\n').filter((line) => line.startsWith('Address:'))).toHaveLength(1)
  })
})

describe('proofs of control', () => {
  const claimed = (payee: string) => ({
    payee: payeeIdString.parse(payee),
    account,
    challenge: 'the text',
    namedKey: null,
  })
  const npm = (name?: string): ControlProof => ({ kind: 'npm', ...(name === undefined ? {} : { package: name }) })
  const named = { payee: owner.address }

  test('the latest package.json of the package, or of one package of the scope, names the address', async () => {
    pages.set('/heron/latest', json({ name: 'heron', version: '2.0.0', tributary: named }))
    pages.set('/@birds%2fheron/latest', json({ name: '@birds/heron', tributary: named }))
    const found = await controlEvidence(proofs, claimed('npm:heron'), npm())
    expect(found.digest).toBe(digestBytes(found.bytes))
    expect(found.source).toBe(`${origin}/heron/latest`)
    expect((await controlEvidence(proofs, claimed('npm:@birds'), npm('@birds/heron'))).kind).toBe('npm')
  })

  test.each<[string, string, ControlProof, object, string]>([
    ['another address', 'npm:a', npm(), json({ name: 'a', tributary: { payee: stranger.address } }), 'payee/not-named'],
    ['no field', 'npm:a', npm(), json({ name: 'a' }), 'payee/not-named'],
    [
      'another name, as of a registry that hands out a squatter',
      'npm:a',
      npm(),
      json({ name: 'b', tributary: named }),
      'payee/not-named',
    ],
    ['no JSON', 'npm:a', npm(), { body: '<html>' }, 'payee/not-named'],
    ['no such package', 'npm:a', npm(), { status: 404 }, 'payee/no-evidence'],
    ['a package of another name', 'npm:a', npm('b'), json({ name: 'b', tributary: named }), 'payee/wrong-proof'],
    [
      'a package of another scope',
      'npm:@a',
      npm('@ab/x'),
      json({ name: '@ab/x', tributary: named }),
      'payee/wrong-proof',
    ],
    ['a scope without a package', 'npm:@a', npm(), {}, 'payee/wrong-proof'],
    [
      'a name that leads out of the registry',
      'npm:../../a',
      npm(),
      json({ name: '../../a', tributary: named }),
      'payee/wrong-proof',
    ],
    ['an author', 'git:Jane Doe', npm(), {}, 'payee/wrong-proof'],
    ['a domain for a package', 'npm:a', { kind: 'domain', by: 'well-known' }, {}, 'payee/wrong-proof'],
    ['a domain that is an address', 'domain:127.0.0.1', { kind: 'domain', by: 'well-known' }, {}, 'payee/wrong-proof'],
    ['a domain with a path', 'domain:a.org/b', { kind: 'domain', by: 'dns' }, {}, 'payee/wrong-proof'],
    ['a key that was not named', 'git:Jane Doe', { kind: 'key', signature: '0x12' }, {}, 'payee/not-named'],
  ])('%s is refused', async (_name, payee, proof, page, code) => {
    for (const path of ['/a/latest', '/b/latest', '/@ab%2fx/latest']) pages.set(path, page)
    await expect(controlEvidence(proofs, claimed(payee), proof)).rejects.toMatchObject({ code })
  })

  test('a domain names it by its file, or by a TXT record that may come in pieces', async () => {
    pages.set('/rivers.example/.well-known/tributary.json', json(named))
    const wellKnown = { kind: 'domain', by: 'well-known' } as const
    const dns = { kind: 'domain', by: 'dns' } as const
    await controlEvidence(proofs, claimed('domain:rivers.example'), wellKnown)
    await expect(controlEvidence(proofs, claimed('domain:lakes.example'), wellKnown)).rejects.toMatchObject({
      code: 'payee/no-evidence',
    })
    await expect(controlEvidence(proofs, claimed('domain:rivers.example'), dns)).rejects.toMatchObject({
      code: 'payee/no-evidence',
    })
    records.set('_tributary.rivers.example', [['v=spf1 -all'], ['tributary-payee=', account]])
    expect((await controlEvidence(proofs, claimed('domain:rivers.example'), dns)).source).toBe(
      'dns:_tributary.rivers.example',
    )
    records.set('_tributary.rivers.example', [[`tributary-payee=${stranger.address}`]])
    await expect(controlEvidence(proofs, claimed('domain:rivers.example'), dns)).rejects.toMatchObject({
      code: 'payee/not-named',
    })
  })

  test('the key that was named beforehand signs the challenge too, and no other does', async () => {
    const author = { ...claimed('git:Jane Doe'), namedKey: stranger.address as Address }
    const signature = await stranger.signMessage({ message: 'the text' })
    expect((await controlEvidence(proofs, author, { kind: 'key', signature })).kind).toBe('key')
    const wrong = await owner.signMessage({ message: 'the text' })
    await expect(controlEvidence(proofs, author, { kind: 'key', signature: wrong })).rejects.toMatchObject({
      code: 'payee/not-named',
    })
  })
})
