// @ts-nocheck -- it runs beside packages that are not in this checkout
/* oxlint-disable typescript/no-unsafe-assignment, typescript/no-unsafe-call, typescript/no-unsafe-member-access, typescript/no-unsafe-argument, typescript/no-unsafe-return */
/**
 * node countSteps.mjs sqlite FILE|postgres URL STEPS GRAPHS: runs the bench's counter in plain LangGraph with a checkpointer that
 * writes each step before the next one (durability `sync`), and prints milliseconds of each of 5 rounds as JSON.
 * It runs in the folder into which the peers were installed. better-sqlite3 needs an install script for its binary, so
 * SqliteSaver gets Node's own SQLite behind the four methods that it calls.
 */
import { DatabaseSync } from 'node:sqlite'
import { Annotation, END, START, StateGraph } from '@langchain/langgraph'
import { PostgresSaver } from '@langchain/langgraph-checkpoint-postgres'
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite'

const [kind, place = '', steps, graphs] = process.argv.slice(2)
const saver = kind === 'sqlite' ? new SqliteSaver(nodeSqlite(place)) : PostgresSaver.fromConnString(place)
if (kind === 'postgres') await saver.setup()

const Count = Annotation.Root({ n: Annotation(), until: Annotation() })
const graph = new StateGraph(Count)
  .addNode('step', async ({ n }) => ({ n: n + 1 }))
  .addEdge(START, 'step')
  .addConditionalEdges('step', ({ n, until }) => (n < until ? 'step' : END), ['step', END])
  .compile({ checkpointer: saver })

let runs = 0
const run = () =>
  graph.invoke(
    { n: 0, until: Number(steps) },
    { configurable: { thread_id: `${process.pid}-${++runs}` }, recursionLimit: 1_000, durability: 'sync' },
  )
const rounds = []
for (let round = -1; round < 5; round++) {
  const started = performance.now()
  await Promise.all(Array.from({ length: Number(graphs) }, run))
  if (round >= 0) rounds.push(performance.now() - started)
}
process.stdout.write(JSON.stringify(rounds), () => process.exit())

/** @param {string} file */
function nodeSqlite(file) {
  const db = new DatabaseSync(file)
  return {
    prepare: (sql) => {
      const statement = db.prepare(sql)
      // What is undefined is NULL for better-sqlite3, and no value at all for Node.
      const bound =
        (method) =>
        (...values) =>
          statement[method](...values.map((value) => value ?? null))
      return { get: bound('get'), all: bound('all'), run: bound('run') }
    },
    exec: (sql) => db.exec(sql),
    pragma: (text) => db.exec(`PRAGMA ${text}`),
    transaction: (work) => (rows) => {
      db.exec('BEGIN')
      try {
        work(rows)
        db.exec('COMMIT')
      } catch (failure) {
        db.exec('ROLLBACK')
        throw failure
      }
    },
  }
}
