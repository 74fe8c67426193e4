import { truncateSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { openGraph } from './openGraph.ts'
import { prefixGraph } from './prefixGraph.ts'
import { gradOnce } from './reference/gradOnce.ts'
import { tempDir } from './reference/tempDir.ts'
import { tinyLlama } from './tinyLlama.ts'

const dir = tempDir()

it('three worker threads at once compute the bits of loss and 42 gradients that the main thread computes', async () => {
  const here = await gradOnce(`${dir}/main`)
  expect(Object.keys(here)).toHaveLength(43)
  const workers = await Promise.all(
    [1, 2, 3].map(
      (i) =>
        new Promise((resolve, reject) => {
          const worker = new Worker(new URL('reference/gradWorker.ts', import.meta.url), { workerData: `${dir}/${i}` })
          worker.on('message', resolve)
          worker.on('error', reject)
        }),
    ),
  )
  for (const there of workers) expect(there).toEqual(here)
})

it('refuses a weights file that was cut short, and bytes that are no graph, as graph/refused', async () => {
  const tiny = tinyLlama(`${dir}/cut`)
  const bytes = prefixGraph(tiny.config, tiny.weights, 3).encode()
  expect((await openGraph(bytes, tiny)).outputNames).toEqual(['hidden'])
  truncateSync(`${tiny.dir}/weights.safetensors`, 20_000)
  const refused = expect.objectContaining({ code: 'graph/refused' })
  await expect(openGraph(bytes, tiny)).rejects.toEqual(refused)
  await expect(openGraph(bytes.subarray(0, 500), tiny)).rejects.toEqual(refused)
})
