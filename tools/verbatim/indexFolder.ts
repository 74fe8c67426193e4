import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { digestText } from '../../kernel/index.ts'
import type { Alphabet } from '../../attribution/index.ts'
import type { ToolContext } from '../context.ts'

/** Every index has both, where the vocabulary allows it. */
export const alphabets: readonly Alphabet[] = ['tokens', 'bytes']

/** Where the index of a Datanet lies: a name of others never becomes a path. */
export function indexFolder({ home }: Pick<ToolContext, 'home'>, datanet: string, alphabet: Alphabet): string {
  return join(home.dir, 'indexes', digestText(datanet).slice(2, 34), alphabet)
}

/** The name of its newest manifest, which changes with all that is written to it; undefined where there is no index. */
export function manifestOf(ctx: Pick<ToolContext, 'home'>, datanet: string, alphabet: Alphabet): string | undefined {
  try {
    return readdirSync(indexFolder(ctx, datanet, alphabet))
      .filter((name) => /^manifest-\d+\.json$/.test(name))
      .toSorted()
      .at(-1)
  } catch {
    return undefined
  }
}

/** Of many processes one at a time changes the indexes of a Datanet. */
export function indexLease(datanet: string): string {
  return `index/${datanet}`
}
