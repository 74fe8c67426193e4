import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { equivalents } from './equivalents.ts'
import { drawMutants, findMutants, idOf, type Mutant } from './findMutants.ts'
import { openWorkshop, type Outcome } from './openWorkshop.ts'

export type TriedMutant = Mutant & Outcome

export type MutantsTried = {
  /** Places in all contracts at which an operator could plant one. */
  possible: number
  /** Those that change nothing that anybody could see, by equivalents.ts: never drawn. */
  equivalent: number
  tried: TriedMutant[]
}

/**
 * Plants bugs in our contracts, one at a time, and sees whether the Forge tests fail. What was tried with the same sources and
 * tests is not tried again, so a run that was cut goes on. `only` takes files by a part of their names.
 * Cost: about 3 s of one core for each that is killed, 15 for one that survives. Throws chain/mutants-base.
 */
export async function tryMutants({
  seed,
  most,
  only = '',
  say,
}: {
  seed: number
  most: number
  only?: string
  say: (line: string) => void
}): Promise<MutantsTried> {
  const workshop = await openWorkshop()
  try {
    const all = [...workshop.sources].flatMap(([file, source]) => findMutants(file, source))
    const known = all.filter((mutant) => equivalents.some((one) => isThat(mutant, one)))
    const wanted = all.filter((mutant) => mutant.file.includes(only) && !known.includes(mutant))
    const drawn = drawMutants(wanted, { most, seed })
    const digest = createHash('sha256').update(workshop.contents).digest('hex').slice(0, 32)
    const kept = openKept(digest)
    const tried: TriedMutant[] = []
    for (const [i, mutant] of drawn.entries()) {
      const id = idOf(mutant)
      const outcome = kept.get(id) ?? (await workshop.attempt(mutant))
      kept.set(id, outcome)
      tried.push({ ...mutant, ...outcome })
      say(`${i + 1} of ${drawn.length}: ${titleOf(mutant)}: ${outcome.outcome}${outcome.by ? ` by ${outcome.by}` : ''}`)
    }
    return { possible: all.length, equivalent: known.length, tried }
  } finally {
    await workshop.close()
  }
}

export function titleOf({ file, line, operator, from, to }: Mutant): string {
  const code = (text: string) => `\`${text.trim()}\``
  return `${file}:${line} ${operator}: ${code(from)}${to === '' ? '' : ` → ${code(to)}`}`
}

function isThat(mutant: Mutant, { file, code, from, to }: (typeof equivalents)[number]): boolean {
  return mutant.file === file && mutant.code === code && mutant.from.trim() === from && mutant.to.trim() === to
}

/** Outcomes by mutant, in a file of the cache that is named by all that decides them. */
function openKept(digest: string): {
  get: (id: string) => Outcome | undefined
  set: (id: string, outcome: Outcome) => void
} {
  const file = fileURLToPath(new URL(`../../../node_modules/.cache/tributary/mutants/${digest}.json`, import.meta.url))
  const kept = new Map(existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as [string, Outcome][]) : [])
  return {
    get: (id) => kept.get(id),
    set: (id, outcome) => {
      kept.set(id, outcome)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(join(file), JSON.stringify([...kept]))
    },
  }
}
