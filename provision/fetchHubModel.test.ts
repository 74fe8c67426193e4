import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { fetchHubModel } from './fetchHubModel.ts'

const commit = 'c'.repeat(40)
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

const content: Record<string, Buffer> = {
  'config.json': Buffer.from('{"model_type":"llama"}'),
  'tokenizer.json': Buffer.from('{}'),
  'tokenizer_config.json': Buffer.from('{"a":1}'),
  'model.safetensors.index.json': Buffer.from('{"weight_map":{}}'),
  'model-00001-of-00002.safetensors': randomBytes(300_000),
  'model-00002-of-00002.safetensors': randomBytes(200_000),
  'pytorch_model.bin': randomBytes(10),
  'onnx/model.onnx': randomBytes(10),
}

/** A hub with one repository, as the public one answers; it may cut or change what it sends. */
async function openHub(change: { cutFirst?: string; other?: string; without?: string } = {}) {
  const asked: string[] = []
  let isCut = false
  const siblings = Object.entries(content).map(([rfilename, bytes]) => ({
    rfilename,
    size: bytes.length,
    blobId: createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'),
    ...(rfilename.endsWith('.safetensors')
      ? { lfs: { sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length } }
      : {}),
  }))
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://hub')
    asked.push(`${pathname}${request.headers.range ? ` ${request.headers.range}` : ''}`)
    if (pathname === '/api/models/some/model/revision/main') {
      return response.end(
        JSON.stringify({ sha: commit, siblings: siblings.filter(({ rfilename }) => rfilename !== change.without) }),
      )
    }
    const name = pathname.replace(`/some/model/resolve/${commit}/`, '')
    const bytes = name === change.other ? randomBytes(content[name]!.length) : content[name]
    if (!bytes) return response.writeHead(404).end()
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': bytes.length - from })
    if (name === change.cutFirst && !isCut) {
      isCut = true
      return response.write(bytes.subarray(from, 100_000), () => setTimeout(() => response.destroy(), 30))
    }
    return response.end(bytes.subarray(from))
  })
  servers.push(server.listen(0, '127.0.0.1'))
  await once(server, 'listening')
  const cache = mkdtempSync(join(tmpdir(), 'hub-'))
  const options = {
    id: 'some/model',
    hub: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    env: { TRIBUTARY_CACHE: cache },
    say: () => undefined,
  }
  return { asked, options, folder: join(cache, 'hub', 'some--model', commit) }
}

test('config and shards come at one commit, a cut shard goes on at byte 100,000, and a second call fetches nothing', async () => {
  const { asked, options, folder } = await openHub({ cutFirst: 'model-00001-of-00002.safetensors' })
  expect(await fetchHubModel(options)).toEqual({ folder, commit })
  const wanted = Object.keys(content).filter((name) => !/bin|onnx/.test(name))
  expect(readdirSync(folder).toSorted()).toEqual(wanted.toSorted())
  for (const name of wanted) expect(readFileSync(join(folder, name)).equals(content[name]!), name).toBe(true)
  expect(asked.filter((line) => line.includes('00001'))).toEqual([
    `/some/model/resolve/${commit}/model-00001-of-00002.safetensors`,
    `/some/model/resolve/${commit}/model-00001-of-00002.safetensors bytes=100000-`,
  ])
  asked.length = 0
  await fetchHubModel(options)
  expect(asked).toEqual(['/api/models/some/model/revision/main'])
})

test('a model that is refused by its config costs no weights', async () => {
  const { asked, options } = await openHub()
  const accept = async (): Promise<void> => Promise.reject(new Error('not this one'))
  await expect(fetchHubModel({ ...options, accept })).rejects.toThrow('not this one')
  expect(asked.some((line) => line.endsWith('config.json'))).toBe(true)
  expect(asked.filter((line) => line.includes('model-0'))).toEqual([])
})

test.each(['model-00002-of-00002.safetensors', 'tokenizer.json'])(
  '%s with other bytes than the listing says is provision/digest, and is not kept',
  async (other) => {
    const { options, folder } = await openHub({ other })
    await expect(fetchHubModel(options)).rejects.toMatchObject({ code: 'provision/digest' })
    expect(existsSync(join(folder, other))).toBe(false)
  },
)

test('no config, no such model, a strange id and a silent hub are provision/hub-model', async () => {
  const { options } = await openHub({ without: 'config.json' })
  const refused = { code: 'provision/hub-model' }
  await expect(fetchHubModel(options)).rejects.toMatchObject(refused)
  await expect(fetchHubModel({ ...options, id: 'some/other' })).rejects.toMatchObject({
    ...refused,
    facts: { status: 404 },
  })
  for (const id of ['model', '../../etc/passwd', 'a/../b', 'a/b?c']) {
    await expect(fetchHubModel({ ...options, id })).rejects.toMatchObject(refused)
  }
  await expect(fetchHubModel({ ...options, hub: 'http://127.0.0.1:9' })).rejects.toMatchObject({
    ...refused,
    retry: true,
  })
})
