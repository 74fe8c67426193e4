/** A process of its own for memoryPart: node trainOnce.ts BASE_FOLDER; trains two steps, tells its largest resident set. */
import { readFileSync } from 'node:fs'
import { adapterLayout, createEngine, encodeRow, initialAdapter, openBase } from '../../../models/index.ts'
import { passages } from './benchText.ts'

const base = await openBase(process.argv[2] ?? '')
const layout = adapterLayout(base.config, { rank: 8, targets: ['q_proj', 'v_proj'], fromLayer: 0 })
const engine = await createEngine({ base, threads: 1, layout })
const rows = passages(base, 4, 128).map((ids) => encodeRow(ids.slice(0, 1), ids.slice(1)))
const hidden = await engine.prefixStates(rows)
const batch = rows.map((row, i) => ({ row, hidden: hidden[i]!, adapter: 0 }))
for (let step = 0; step < 2; step++) await engine.rowGradients(batch, [initialAdapter(layout, step).theta])
await engine.close()
// On Linux maxRSS starts from that of the process that forked this one; the high-water mark is its own.
const ownKiB = /^VmHWM:\s*(\d+)/m.exec(
  process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '',
)?.[1]
process.stdout.write(JSON.stringify({ maxRssKiB: Number(ownKiB ?? process.resourceUsage().maxRSS) }))
