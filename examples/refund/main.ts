// A graph that survives its process: `temporal server start-dev`, then `node examples/refund/main.ts order-7`. Stop it while it
// asks, start it again with the same order: it goes on with the question.
import { emit } from 'tributary/graph/activity'
import { createClient } from 'tributary/graph/client'
import { createWorker } from 'tributary/graph/worker'
import { refund } from './graphs.ts'

const order = process.argv[2] ?? 'order-7'
const tools = {
  look_up: async () => ({ amount: 12 }),
  pay: async ({ amount }: { amount: number }, step: string) => {
    emit(`paying ${amount}`)
    return { receipt: `paid once under ${step}` }
  },
}
const worker = await createWorker({ graphs: new URL('graphs.ts', import.meta.url), tools })
const graphs = await createClient()
await worker.runUntil(async () => {
  await graphs.start(refund, { order }, { id: order }).catch(() => process.stdout.write('it is under way\n'))
  for await (const { kind, node, data } of graphs.stream(order)) {
    process.stdout.write(`${kind} ${node} ${JSON.stringify(data)}\n`)
    for (const { id } of await graphs.interrupts(order)) await graphs.resume(order, id, process.argv[3] ?? 'yes')
  }
  process.stdout.write(`${JSON.stringify(await graphs.result(order))}\n`)
})
await graphs.close()
