import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { curate, importDatanet, listDecisions, publishVersion } from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'
import { plainText } from '../fitText.ts'
import { parseCount } from '../parseCount.ts'

type Options = { name: string; licence?: string; limit?: number }

/** The same corpus under the same name is one intention, however often it is typed. */
export const datanetCommand = (print: (line: string) => void): Command => {
  const bring = async (input: Record<string, unknown>, { name, licence, limit }: Options) => {
    const wanted = {
      datanet: name,
      ...input,
      ...(licence ? { licence } : {}),
      ...(limit ? { limit } : {}),
    }
    const { samples, contributors, batchRoot } = await callServerFor(importDatanet, wanted, randomUUID())
    print(`${name}: ${samples} samples of ${contributors} contributors, commitments on chain under ${batchRoot}`)
    const { accepted, rejected, byRule } = await callServerFor(curate, { datanet: name }, randomUUID())
    print(
      `curated: ${accepted} accepted, ${rejected} rejected (${Object.entries(byRule)
        .map(([rule, n]) => `${rule} ${n}`)
        .join(', ')})`,
    )
    if (rejected > 0) print(`why, sample by sample: tributary datanet decisions ${name}`)
    const { root, version, licences } = await callServerFor(publishVersion, { datanet: name }, randomUUID())
    print(`version ${version} on chain: root ${root}, licences ${licences.join(', ')}`)
  }
  const options = (command: Command) =>
    command
      .requiredOption('--name <datanet>', 'name of the Datanet: lower-case letters, digits, dashes')
      .option('--licence <spdx>', 'SPDX expression for samples that name none')
      .option('--limit <n>', 'keep at most so many, seeded and stratified by contributor', parseCount({ min: 1 }))
  return new Command('datanet')
    .description('Make Datanets: import, curate and publish in one go. See what was decided about samples.')
    .addCommand(
      options(
        new Command('import')
          .description('Samples from JSONL, CSV, Parquet, or a folder of texts with one sub-folder per contributor.')
          .argument('<path>'),
      ).action((path: string, given: Options) => bring({ from: resolve(path) }, given)),
    )
    .addCommand(
      options(
        new Command('from-packages')
          .description('The READMEs of a project’s installed packages.')
          .argument('<dir>', 'folder with node_modules'),
      ).action((dir: string, given: Options) => bring({ packages: resolve(dir) }, given)),
    )
    .addCommand(
      new Command('decisions')
        .description(listDecisions.summary)
        .argument('<datanet>')
        .option('--payee <payee>', 'of one contributor alone, such as npm:zod')
        .option('--all', 'accepted samples too')
        .option('--json', 'print the JSON of the tool')
        .action(async (datanet: string, { payee, all, json }: { payee?: string; all?: boolean; json?: boolean }) => {
          const asked = { datanet, count: 1_000, verdict: all ? 'all' : 'reject', ...(payee ? { payee } : {}) } as const
          const { curation, accepted, rejected, decisions } = await callServerFor(listDecisions, asked)
          if (json) return print(JSON.stringify({ curation, accepted, rejected, decisions }))
          print(`${accepted} accepted, ${rejected} rejected by ${curation}`)
          for (const { sample, payee: whose, verdict, rule, reason } of decisions) {
            print(`${verdict} ${sample} of ${plainText(whose)}`)
            print(`  ${rule}: ${plainText(reason)}`)
          }
          if (decisions.length === asked.count)
            print(`the first ${asked.count}; more by tributary tools list-decisions --from`)
        }),
    )
}
