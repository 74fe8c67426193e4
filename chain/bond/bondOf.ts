import { TributaryError, type Digest } from '../../kernel/index.ts'
import type { Chain } from '../client/openChain.ts'
import { readBond, type Bond } from './readBond.ts'

/** The bond of an adapter. Throws chain/no-bond where none was posted. */
export async function bondOf(chain: Pick<Chain, 'reader' | 'contracts'>, adapter: Digest): Promise<Bond> {
  const found = await readBond(chain, adapter)
  if (found !== undefined) return found
  throw new TributaryError('Nobody has posted a bond for this adapter.', {
    code: 'chain/no-bond',
    facts: { adapter },
    tryThis: 'its operator posts one: tributary tools post-bond --adapter <digest>; until then nobody answers for it',
  })
}
