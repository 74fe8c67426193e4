import type { definitions } from '../../tools/definitions.ts'
import { tinyDatanet } from '../../tools/testing/trainTinyModel.ts'

type Input = Record<string, unknown>

/** The tools of recipes and agents for the parity test: an input of each, and the code of an error where one must come. */
export const recipeCases = (
  known: { receipt?: unknown },
  nowhere: string,
): [keyof typeof definitions, () => Input, string?][] => [
  [
    'decide',
    () => ({
      question: 'which?',
      options: [
        { option: 'a', what: 'one' },
        { option: 'b', what: 'another' },
      ],
      policy: { id: 'first/1', option: 'a', why: 'it is the first' },
    }),
  ],
  ['judge_answer', () => ({ receipt: known.receipt })],
  [
    'judge_doubts',
    () => ({ datanet: 'nobody-made-it', samples: [{ sample: nowhere, rule: 'quality/short', reason: 'it is short' }] }),
    'curator/unknown-sample',
  ],
  ['file_finding', () => ({ epoch: 1, receipt: nowhere, check: 'split', detail: 'one wei less', culprit: null })],
  ['list_findings', () => ({ epoch: 99 })],
  ['list_reviews', () => ({})],
  [
    'answer_review',
    () => ({ workflow: 'nobody started it', others: { verdict: 'accept', reason: 'why not' } }),
    'curator/no-review',
  ],
  ['list_decisions', () => ({ datanet: tinyDatanet, verdict: 'all', count: 3 })],
  ['check_recipe', () => ({ written: { yaml: 'recipe: x\nsummary: y\nsteps: [{ tool: fly }]' } })],
  ['diff_recipe', () => ({ recipe: 'audit-sampling' })],
  ['list_recipes', () => ({})],
  ['run_recipe', () => ({ recipe: 'audit-sampling', with: { epoch: 'one' } }), 'recipe/input'],
  ['recipe_status', () => ({ workflow: 'nobody started it' }), 'recipe/unknown-run'],
  ['schedule_recipe', () => ({ recipe: 'weekly-settlement' })],
]
