import { basename, extname } from 'node:path'
import { digestText } from '../kernel/index.ts'

/** The Datanet of our own packages, where no corpus is named. */
export const ownDatanet = 'open-source'

/**
 * Names the Datanet of a corpus after its file: lower-case letters, digits and dashes, at most 60. A name that stands for
 * another corpus already, or for our own packages, gets the first digits of the path's digest behind it.
 */
export function datanetNameOf(from: string | undefined, taken: ReadonlySet<string>): string {
  if (from === undefined) return ownDatanet
  const name = basename(from, extname(from))
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replaceAll(/^-+|-+$/g, '')
  const plain = name || 'corpus'
  return plain === ownDatanet || taken.has(plain) ? `${plain}-${digestText(from).slice(2, 10)}` : plain
}
