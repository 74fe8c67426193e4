import { join } from 'node:path'
import { hasLlama, provideLlama, providePython } from '../../peers/provide.ts'
import { Peer } from '../../peers/Peer.ts'
import type { BenchContext } from './BenchContext.ts'

const folder = join(import.meta.dirname, '../../peers')

/**
 * A peer in Python: `decode.py` with adapter folders, `train.py` with the kind, or `score.py`. Throws evals/python, evals/peer.
 */
export async function pythonPeer(
  { base, say, noteVersions }: BenchContext,
  script: 'decode' | 'train' | 'score',
  args: readonly string[],
): Promise<Peer> {
  const command = await providePython(say)
  const peer = await Peer.start({
    name: { decode: 'PEFT', train: args[0]!, score: 'torch' }[script],
    command,
    args: [join(folder, `${script}.py`), base.dir, ...args],
  })
  noteVersions(peer.versions)
  return peer
}

/** llama.cpp on the same GGUF; undefined, and said, where its binary is not pinned. Throws evals/llama, evals/peer. */
export async function llamaPeer({ source, say, noteVersions }: BenchContext): Promise<Peer | undefined> {
  if (!hasLlama) {
    say('node-llama-cpp is pinned for 64-bit Linux on Intel and AMD: no peer here')
    return undefined
  }
  const installed = await provideLlama(say)
  const args = [join(folder, 'llama', 'decode.ts'), installed, source]
  const peer = await Peer.start({ name: 'node-llama-cpp', command: process.execPath, args })
  noteVersions(peer.versions)
  return peer
}
