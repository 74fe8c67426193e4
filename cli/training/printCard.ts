import type { z } from 'zod'
import type { trainAdapter } from '../../tools/definitions.ts'
import { pc } from '../colours.ts'
import { fit, plainText, widthOf } from '../fitText.ts'
import { terminalWidth } from '../terminalWidth.ts'
import type { TrainingPreview } from './printPlan.ts'

type Trained = z.output<typeof trainAdapter.output>

/** The card of an adapter that is on sale now, and what to do with it. */
export function printCard(
  trained: Trained,
  plan: TrainingPreview,
  print: (text: string) => void,
  width = terminalWidth(),
): void {
  const { alias, heldOutLossBeforeMicroNats: before, heldOutLossAfterMicroNats: after, texts, skipped } = trained
  const nats = (micro: number): string => (micro / 1e6).toFixed(3)
  const verdict =
    after < before ? pc.green(`${nats(before - after)} nats better than the base`) : pc.red('no better than the base')
  print('')
  print(`${pc.bold(alias)} is on sale`)
  print(`  adapter   ${trained.adapter}`)
  print(`  card      ${trained.card}`)
  print(`  run       ${trained.run}`)
  print(`  recipe    ${plan.recipe.name} ${plan.recipe.digest}`)
  print(`  Datanet   ${plan.datanet} version ${plan.version}, root ${plan.request.datanetRoot}`)
  print(`  licences  ${trained.licences.map(({ licence, samples }) => `${plainText(licence)} ${samples}`).join(', ')}`)
  print(`  held-out  ${nats(before)} → ${nats(after)} nats a token, ${verdict}`)
  print(`  steps     ${trained.steps} published, ${trained.stepsTrained} trained, ${trained.stepsPlanned} planned`)
  if (skipped.length > 0) print(`  skipped   ${skipped.join(', ')}`)
  print(`  without one group of payees each: ${trained.counterfactuals.length} counterfactual adapters`)
  print(`  loss curve: ${trained.lossCurve}`)
  for (const { prompt, before: base, after: adapter } of texts) {
    print('')
    print(`  ${pc.bold(fit(plainText(prompt), width - 2))}`)
    print(`    ${pc.dim('before')}  ${fit(plainText(base), width - 12)}`)
    print(`    ${pc.dim('after')}   ${fit(plainText(adapter), width - 12)}`)
  }
  print('')
  print(pc.bold('What to do next:'))
  // Whole, since it is there to be copied.
  const question = texts.map(({ prompt }) => plainText(prompt)).find((prompt) => widthOf(prompt) <= 120)
  const quoted = (question ?? 'What is this about?').replaceAll("'", String.raw`'\''`)
  print(`  npx tributary ask '${quoted}' --model ${alias}`)
  print(`  npx tributary explain ${plan.largest[0]?.payee ?? '<payee>'} <receipt of that answer>`)
}
