import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { digestText } from '../../kernel/index.ts'
import { cacheFolder } from '../../provision/index.ts'
import { concreteSettings } from './concreteTask.ts'

/**
 * Numbers that cost minutes, made once and kept in the user's cache under what decides them, so that a table that was killed
 * goes on. `what` names the piece with its settings; change `v` when what is computed changes.
 */
export async function keepPiece<Piece>(what: unknown, make: () => Promise<Piece>): Promise<Piece> {
  const key = digestText(JSON.stringify({ v: 1, what, concreteSettings }))
  const file = join(cacheFolder(), 'evals', 'concrete', `${key.slice(2, 18)}.json`)
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
