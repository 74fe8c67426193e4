import type { z } from 'zod'
import type { previewTraining } from '../../tools/definitions.ts'
import { pc } from '../colours.ts'
import { drawTable } from '../drawTable.ts'
import { plainText } from '../fitText.ts'
import { formatWei } from '../formatWei.ts'
import { terminalWidth } from '../terminalWidth.ts'
import { formatSeconds } from './formatSeconds.ts'

export type TrainingPreview = z.output<typeof previewTraining.output>

/** What a training would take, as a table of one line a question. */
export function printPlan(plan: TrainingPreview, print: (text: string) => void, width = terminalWidth()): void {
  const rows = rowsOf(plan).map(([name, ...said]) => [name!, said.filter((part) => part !== '').join('; ')])
  print(
    drawTable([{ head: 'plan' }, { head: `${plan.request.alias}, training ${plan.training}`, lines: 4 }], rows, width),
  )
  for (const { what, code } of plan.problems) print(`${pc.red('will not start:')} ${what} ${pc.dim(`[${code}]`)}`)
}

function rowsOf(plan: TrainingPreview): string[][] {
  const { recipe, tokens, time, memory, disk, cost, licence, earnings, refused } = plan
  const percent = (ppm: number): string => `${(ppm / 1e4).toFixed(1)} %`
  const share = (part: number, of: number): string => percent(Math.round((1e6 * part) / Math.max(1, of)))
  const listed = licence.licences.slice(0, 6).map(({ licence: name, samples }) => `${plainText(name)} ${samples}`)
  return [
    ['Datanet', `${plan.datanet} version ${plan.version}, root ${plan.request.datanetRoot.slice(0, 12)}…`],
    [
      'samples',
      `${plan.samples} of ${plan.payees} payees in ${plan.groups} groups`,
      `held out: ${plan.heldOut} for the card, ${plan.validation} to look at while training`,
    ],
    [
      'recipe',
      `${recipe.name} (${recipe.digest.slice(0, 12)}…), ${recipe.parameters.toLocaleString('en')} numbers an adapter, ${plan.steps} steps`,
      recipe.smooth ? 'smooth enough for exact attribution inside a group' : `rough: ${recipe.why.join('; ')}`,
    ],
    [
      'tokens',
      `${tokens.tokens.toLocaleString('en')}, ${tokens.labels.toLocaleString('en')} of them learned, ${percent(tokens.paddingPpm)} padding`,
      tokens.promptsCut > 0 ? `${share(tokens.promptsCut, plan.samples)} of the prompts lose their end` : '',
      tokens.answersCut > 0
        ? `${share(tokens.answersCut, plan.samples)} of the answers are learned up to the recipe's length`
        : '',
    ],
    [
      'time',
      `about ${formatSeconds(time.totalSeconds)}: ${formatSeconds(time.frozenSeconds)} frozen blocks, ${formatSeconds(time.trainingSeconds)} for ${plan.groups + 1} adapters`,
      `from ${time.calibratedRows} rows timed on this machine just now`,
    ],
    ['memory', `${memory.peakMiB} MiB at most, ${memory.nowMiB} MiB are in use now`],
    ['disk', `${disk.scratchMiB} MiB while it runs, ${disk.keptMiB} MiB kept, ${disk.freeMiB} MiB free`],
    ['cost', cost.note, `${cost.transactions} transaction on chain ${cost.chainId}`],
    [
      'licences',
      licence.allowed ? pc.green('all allow it') : pc.yellow('some do not; their samples are left out'),
      listed.join(', ') + (licence.licences.length > 6 ? `, ${licence.licences.length - 6} more` : ''),
    ],
    [
      'owners earn',
      `${formatWei(BigInt(earnings.contributorsWei))} of ${formatWei(BigInt(earnings.feesWei))} from ${earnings.answers.toLocaleString('en')} answers at today's price (${earnings.promptTokens} + ${earnings.completionTokens} tokens)`,
      `${formatWei(BigInt(earnings.perPayeeWei))} a payee on average, by influence on each answer`,
    ],
    ...refused.map(({ why, samples }) => ['left out', `${samples} samples: ${plainText(why)}`]),
    ...(plan.finished === null
      ? []
      : [
          [
            'trained before',
            `this recipe on this version gave adapter ${plan.finished.slice(0, 12)}…; the same run costs nothing again`,
          ],
        ]),
  ]
}
