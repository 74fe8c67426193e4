import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestString, type Digest } from '../../kernel/index.ts'
import { boundTools } from '../boundTools.ts'
import type { ToolContext } from '../context.ts'
import { runTool, type BoundTool } from '../runTool.ts'

export const tinyDatanet = 'rivers'

/** 24 short texts of 6 contributors, each different enough from the others to pass curation. */
export function tinyCorpus(): Record<string, string>[] {
  const waters = ['Danube', 'Volga', 'Loire', 'Elbe', 'Tagus', 'Oder']
  const facts = ['source', 'mouth', 'floods', 'bridges']
  return waters.flatMap((water, w) =>
    facts.map((fact, f) => ({
      prompt: `What should a traveller know about the ${fact} of the ${water}?`,
      completion: `${sentenceOf(w, f)} This is what people near the ${water} say about its ${fact}.`,
      contributor: `npm:${water.toLowerCase()}`,
      licence: 'MIT',
      source: `${water.toLowerCase()}-${fact}.md`,
    })),
  )
}

const words =
  'amber basin cargo delta eddy ferry gravel harbour island jetty kayak lagoon meadow narrows otter pebble quay reed shoal tide upland valley weir yacht willow anchor barge current dam estuary'.split(
    ' ',
  )

function sentenceOf(w: number, f: number): string {
  const picked = Array.from({ length: 14 }, (_, i) => words[(w * 11 + f * 17 + i * (2 * f + 2 * w + 3)) % words.length])
  return `Look for ${picked.slice(0, 7).join(' and ')}, then ${picked.slice(7).join(' before ')}.`
}

/** A model on sale, made by the tools themselves: import, curate, publish, fine-tune, register. Cost: about 3 s. */
export async function trainTinyModel(
  ctx: ToolContext,
  alias = tinyDatanet,
): Promise<{ datanetRoot: Digest; adapter: Digest }> {
  const from = join(ctx.home.dir, `${tinyDatanet}.jsonl`)
  writeFileSync(
    from,
    tinyCorpus()
      .map((sample) => `${JSON.stringify(sample)}\n`)
      .join(''),
  )
  const call = (name: string, input: unknown) => {
    const tool = boundTools.find(({ definition }) => definition.name === name) as BoundTool
    return runTool(tool, input, {
      ...ctx,
      call: { face: 'test', effectKey: `fixture/${name}/${JSON.stringify(input)}` },
    })
  }
  await call('import_datanet', { datanet: tinyDatanet, from })
  await call('curate', { datanet: tinyDatanet })
  const { root } = await call('publish_version', { datanet: tinyDatanet })
  const { adapter } = await call('train_adapter', { datanetRoot: root, alias, samples: 16, groups: 2 })
  return { datanetRoot: digestString.parse(root), adapter: digestString.parse(adapter) }
}
