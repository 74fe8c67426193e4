import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { digestText } from '../kernel/index.ts'
import { cacheFolder } from '../provision/index.ts'

/**
 * Numbers that cost minutes, made once and kept in the user's cache under what decides them, so that a table that was killed
 * goes on. `key` names the piece with its settings; change `v` when what is computed changes. JSON alone.
 */
export async function keepPiece<Piece>(key: Record<string, unknown>, make: () => Promise<Piece>): Promise<Piece> {
  const name = digestText(JSON.stringify({ v: 1, ...key })).slice(2, 18)
  const file = join(cacheFolder(), 'evals', 'pieces', `${name}.json`)
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Piece
  } catch {
    // Not there yet, or cut.
    const piece = await make()
    mkdirSync(dirname(file), { recursive: true })
    const draft = `${file}.draft-${process.pid}`
    writeFileSync(draft, JSON.stringify(piece))
    renameSync(draft, file)
    return piece
  }
}
