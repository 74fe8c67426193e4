import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { provideCheckpointers } from '../../peers/provide.ts'
import { median } from '../engine/median.ts'
import type { Row } from '../../renderTable.ts'
import type { GraphContext } from './GraphContext.ts'
import { openBench } from './openBench.ts'

const serial = { steps: 60, workflows: 1 }
const crowd = { steps: 20, workflows: 32 }

/**
 * The same graph beside plain LangGraph with its SQLite and Postgres checkpointers, which keep the state and rerun a step that was
 * cut, with its effects: what a step costs that is written down before the next one.
 */
export async function checkpointerPart({ say, noteVersions }: GraphContext): Promise<Row[]> {
  const peers = await provideCheckpointers(say)
  const postgres = process.env['TRIBUTARY_TEST_DATABASE_URL']
  if (!postgres) {
    say('no TRIBUTARY_TEST_DATABASE_URL: the Postgres checkpointer is left out; run it by scripts/withPostgres.mjs')
    process.exitCode = 1
  }
  const places = {
    'LangGraph with SqliteSaver (node:sqlite, WAL)': ['sqlite', join(mkdtempSync(join(tmpdir(), 'saver-')), 'a.db')],
    ...(postgres ? { 'LangGraph with PostgresSaver (fsync off)': ['postgres', postgres] } : {}),
  }
  noteVersions({
    '@langchain/langgraph-checkpoint-sqlite': '1.0.4',
    '@langchain/langgraph-checkpoint-postgres': '1.0.5',
  })
  const bench = await openBench()
  // A table without a peer must not look whole.
  const leftOut = { figure: 'peers left out: PostgresSaver, no TRIBUTARY_TEST_DATABASE_URL', value: 1, unit: 'peers' }
  const rows: Row[] = postgres ? [] : [leftOut]
  try {
    for (const [name, size] of [
      ['serial', serial],
      ['32 at once', crowd],
    ] as const) {
      const ours: number[] = []
      for (let round = -1; round < 5; round++) {
        say(`durable graph, ${name}, round ${round + 1} of 5`)
        const ms = await bench.timed('counter', size)
        if (round >= 0) ours.push(ms)
      }
      const perStep = (rounds: readonly number[]) => median(rounds) / (size.steps * size.workflows)
      for (const [peer, [kind = '', place = '']] of Object.entries(places)) {
        say(`${peer}, ${name}`)
        const args = [join(peers, 'countSteps.mjs'), kind, place, String(size.steps), String(size.workflows)]
        const { stdout } = await promisify(execFile)(process.execPath, args)
        const peerValue = perStep(JSON.parse(stdout) as number[])
        const value = perStep(ours)
        rows.push({
          figure: `durable graph, a step, ${name}`,
          value,
          unit: 'ms',
          peer,
          peerValue,
          ratio: value / peerValue,
        })
      }
    }
  } finally {
    await bench.close()
  }
  return rows
}
