import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ToolContext } from '../context.ts'
import type { ToolCaller } from './toolCaller.ts'

type Corpus = { datanet: string; corpus: Record<string, string>[] }

/** Brings samples into a Datanet by the tools, and publishes its next version. */
export async function publishCorpus(
  call: ToolCaller,
  { home }: Pick<ToolContext, 'home'>,
  { datanet, corpus }: Corpus,
) {
  const from = join(home.dir, 'corpus.jsonl')
  writeFileSync(from, corpus.map((sample) => `${JSON.stringify(sample)}\n`).join(''))
  await call('import_datanet', { datanet, from })
  await call('curate', { datanet })
  return call('publish_version', { datanet })
}
