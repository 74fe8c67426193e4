import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { TributaryError } from '../../kernel/index.ts'
import { epochReport } from '../../tools/definitions.ts'
import { epochIndex } from '../../tools/index.ts'
import { callReached } from '../callServer.ts'
import { reachServer } from '../reachServer.ts'

/** Writes the index of a published epoch and its pages into a folder; returns where the index lies. */
export async function exportEpoch(folder: string, asked: number | undefined): Promise<string> {
  const server = await reachServer()
  try {
    const { epoch } = await callReached(server, epochReport, asked === undefined ? {} : { epoch: asked })
    const get = async (path: string): Promise<string> => {
      const response = await fetch(`${server.url}/published/${epoch}${path}`)
      if (response.ok) return response.text()
      throw new TributaryError('This epoch is not published.', {
        code: 'gateway/not-published',
        facts: { epoch },
        tryThis: `tributary tools publish-epoch --epoch ${epoch}, once its root is final`,
      })
    }
    const index = await get('')
    await mkdir(folder, { recursive: true })
    for (const { digest } of epochIndex.parse(JSON.parse(index)).pages)
      await writeFile(join(folder, `${digest}.json`), await get(`/${digest}`))
    const file = resolve(folder, 'index.json')
    await writeFile(file, index)
    return file
  } finally {
    await server.close()
  }
}
