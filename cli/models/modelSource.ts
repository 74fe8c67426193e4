import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { TributaryError } from '../../kernel/index.ts'
import { unsupportedTraits } from '../../models/index.ts'
import { fetchHubModel } from '../../provision/index.ts'

export type ModelSource = { path: string; name: string }

/**
 * Where a model lies: a path of this machine, else the hub's owner/name, fetched into the cache. A model of the hub that
 * its config rules out is refused before its weights are fetched. Throws models/architecture, and as fetchHubModel.
 */
export async function modelSource(
  from: string,
  { revision, say }: { revision?: string; say: (line: string) => void },
): Promise<ModelSource> {
  if (existsSync(from))
    return { path: resolve(from), name: basename(resolve(from)).replace(/\.(gguf|safetensors)$/, '') }
  if (!/^[\w.-]+\/[\w.-]+$/.test(from)) {
    throw new TributaryError('There is no such file, and it is no id of the hub.', {
      code: 'models/base-missing',
      facts: { from },
      tryThis: 'give a .gguf file, a folder with safetensors, or owner/name of a model of the hub',
    })
  }
  const { folder, commit } = await fetchHubModel({
    id: from,
    say,
    accept: refuseByConfig,
    ...(revision === undefined ? {} : { revision }),
  })
  return { path: folder, name: `${from}@${commit.slice(0, 8)}` }
}

async function refuseByConfig(folder: string): Promise<void> {
  const traits = unsupportedTraits(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')))
  if (traits.length === 0) return
  throw new TributaryError('The model does something that is not supported; its weights were not fetched.', {
    code: 'models/architecture',
    facts: { traits: traits.map(({ trait, value, needs }) => `${trait} ${value}: needs ${needs}`) },
    tryThis: 'choose a model of Llama architecture: Llama, Mistral, Qwen2 or Qwen3',
  })
}
