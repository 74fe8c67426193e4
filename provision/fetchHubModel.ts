import { createHash } from 'node:crypto'
import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { TributaryError } from '../kernel/index.ts'
import { cacheFolder } from './cacheFolder.ts'
import { downloadFile } from './downloadFile.ts'
import { fileDigest } from './fileDigest.ts'
import { hubListing, type HubFile } from './hubListing.ts'

export type HubModelOptions = {
  /** `owner/name`. */
  id: string
  /** A branch, tag or commit; what it means now is pinned for all files. */
  revision?: string
  /** Default: HF_ENDPOINT, else the public hub. */
  hub?: string
  env?: NodeJS.ProcessEnv
  say: (line: string) => void
  /** Called when config and tokenizer are there and before weights are fetched; throws to refuse the model. */
  accept?: (folder: string) => Promise<void>
}

const small = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'chat_template.jinja']
const index = 'model.safetensors.index.json'

/**
 * Fetches a model of the hub into the user's cache, at one commit: `<cache>/hub/<owner>--<name>/<commit>`. Weights are
 * checked against their sha-256, other files against their git hash; a cut download goes on where it stopped, and what is
 * there and right is not fetched again. Returns the folder.
 * Throws provision/hub-model, provision/download, provision/digest, and what `accept` throws.
 */
export async function fetchHubModel(options: HubModelOptions): Promise<{ folder: string; commit: string }> {
  const { id, revision = 'main', env = process.env, say, accept } = options
  const hub = options.hub ?? env['HF_ENDPOINT'] ?? 'https://huggingface.co'
  const { commit, files } = await hubListing({ hub, id, revision })
  const folder = join(cacheFolder(env), 'hub', id.replace('/', '--'), commit)
  const byName = new Map(files.map((file) => [file.name, file]))
  const fetch = async (file: HubFile): Promise<void> => {
    const url = `${hub}/${id}/resolve/${commit}/${file.name}`
    await fetchOne({ url, into: join(folder, file.name), file })
  }
  const isIndexed = byName.has(index)
  for (const name of isIndexed ? [...small, index] : small) {
    const file = byName.get(name)
    if (file) await fetch(file)
    else if (name === 'config.json') throw noModel(id, commit, files, 'it has no config.json')
  }
  await accept?.(folder)

  const weights = files.filter(({ name }) => /^model(-\d+-of-\d+)?\.safetensors$/.test(name))
  const wanted = isIndexed ? weights.filter(({ name }) => name !== 'model.safetensors') : weights
  const chosen = wanted.length > 0 ? wanted : weights
  if (chosen.length === 0) throw noModel(id, commit, files, 'it has no model.safetensors')
  for (const [i, file] of chosen.entries()) {
    say(`fetching ${file.name} (${Math.ceil(file.size / 1e6)} MB, ${i + 1} of ${chosen.length})`)
    await fetch(file)
  }
  return { folder, commit }
}

async function fetchOne({ url, into, file }: { url: string; into: string; file: HubFile }): Promise<void> {
  if (await isThere(into, file)) return
  await downloadFile({ url, into, ...(file.sha256 ? { digest: file.sha256 } : {}) })
  if (await isThere(into, file)) return
  await rm(into, { force: true })
  throw new TributaryError('A file of the hub has other bytes than its listing says.', {
    code: 'provision/digest',
    facts: { url, expected: file.sha256 ?? file.gitHash ?? `${file.size} bytes` },
    tryThis: 'run the same command again; if it stays, the hub serves another file',
    retry: true,
  })
}

/** Whole and right: by sha-256 for large files, by git's hash of a blob for others, at least by size. */
async function isThere(into: string, { size, sha256, gitHash }: HubFile): Promise<boolean> {
  const found = await stat(into).catch(() => undefined)
  if (found?.size !== size) return false
  if (sha256) return (await fileDigest(into)) === sha256
  if (!gitHash) return true
  return (
    createHash('sha1')
      .update(`blob ${size}\0`)
      .update(await readFile(into))
      .digest('hex') === gitHash
  )
}

function noModel(id: string, commit: string, files: readonly HubFile[], why: string): TributaryError {
  const names = files.map(({ name }) => name).filter((name) => /\.(safetensors|gguf|json)$/.test(name))
  return new TributaryError(`The repository holds no model that can be read: ${why}.`, {
    code: 'provision/hub-model',
    facts: { id, commit, files: names.slice(0, 32) },
    tryThis: 'choose a repository with config.json and model.safetensors; fetch a .gguf by hand and add the file',
  })
}
