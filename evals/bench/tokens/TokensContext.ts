import type { Corpus } from '../../tokens/readCorpus.ts'

export type TokensContext = {
  corpus: Corpus
  /** The Python that has infini-gram. */
  python: string
  /** A folder for the indexes. */
  work: string
  seed: number
  say: (line: string) => void
  noteVersions: (versions: Record<string, string>) => unknown
}
