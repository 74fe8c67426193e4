/**
 * A stranger's process: opens the plan in the folder of its argument, which holds plan.json alone, and trains from there
 * what each of the 0/1 masks of its second argument (a JSON file) leaves. Prints the digest of each result as JSON, and
 * writes the thetas beside the plan. Run by retrainInFreshProcess.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openRun } from '../../models/index.ts'
import { openProtocolEngine } from './openProtocol.ts'
import { retrainMasks } from './retrainMasks.ts'

const [dir = '', file = ''] = process.argv.slice(2)
const say = (line: string): boolean => process.stderr.write(`${line}\n`)
const masks = (JSON.parse(readFileSync(file, 'utf8')) as number[][]).map((mask) => Float32Array.from(mask))
const engine = await openProtocolEngine(say)
const run = await openRun({ engine, dir })
const thetas = await retrainMasks({ engine, run }, masks, { say, what: 'in a fresh process' })
writeFileSync(join(dir, 'thetas.f32'), Buffer.concat(thetas.map((theta) => new Uint8Array(theta.buffer))))
await engine.close()
