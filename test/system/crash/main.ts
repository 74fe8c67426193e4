/** node test/system/crash/main.ts --requests 60 --clients 3 --kills 2 --epochs 2 --seed 1: prints what happened, as JSON. */
import { parseArgs } from 'node:util'
import { runCrash } from './runCrash.ts'

const option = (value: string) => ({ type: 'string', default: value }) as const
const { values } = parseArgs({
  options: {
    requests: option('60'),
    clients: option('3'),
    kills: option('2'),
    epochs: option('2'),
    seed: option('1'),
    fault: { type: 'string' },
  },
})
const began = Date.now()
const report = await runCrash({
  requests: Number(values.requests),
  clients: Number(values.clients),
  killsPerPart: Number(values.kills),
  epochs: Number(values.epochs),
  seed: Number(values.seed),
  fault: values.fault,
  say: (line) => process.stderr.write(`${((Date.now() - began) / 1_000).toFixed(1)} s: ${line}\n`),
})
const text = JSON.stringify(report, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value), 2)
process.stdout.write(`${text}\n`, () => process.exit())
