import { Command } from 'commander'
import { evaluateAdapter } from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'
import { evidenceWords } from '../evaluating/evidenceWords.ts'
import { parseCount } from '../parseCount.ts'

type Options = { remove: number; masks: number; queries: number; checks: number; seed: number; json?: boolean }

export const evaluateCommand = (print: (line: string) => void): Command =>
  new Command('evaluate')
    .description(evaluateAdapter.summary)
    .argument('<adapter>', 'name or digest of an adapter on sale')
    .option('--remove <percent>', 'samples that each mask removes', parseCount({ min: 1, max: 90 }), 5)
    .option('--masks <n>', 'sets of samples, each trained without', parseCount({ min: 2, max: 256 }), 24)
    .option('--queries <n>', 'held-out texts that are asked about', parseCount({ min: 1, max: 64 }), 8)
    .option('--checks <n>', 'of them, whose own top samples are removed', parseCount({ min: 0, max: 64 }), 2)
    .option('--seed <n>', 'of all draws', parseCount({ min: 0 }), 1)
    .option('--json', 'print the JSON of the tool')
    .action(async (model: string, { remove, json, ...wish }: Options) => {
      const evidence = await callServerFor(evaluateAdapter, { model, fractionPpm: remove * 10_000, ...wish })
      print(json ? JSON.stringify(evidence) : evidenceWords(evidence).join('\n'))
    })
