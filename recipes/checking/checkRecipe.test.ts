import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { digestOf } from '../../kernel/index.ts'
import { agents, definitions } from '../../tools/definitions.ts'
import { checkRecipe, readYaml, shippedRecipe, shippedRecipes, type Known, type RecipeSource } from '../index.ts'

const floats = { summary: '', input: z.object({ share: z.number() }), output: z.object({ share: z.number() }) }
const known: Known = { tools: { ...definitions, floats }, agents, recipe: shippedRecipe }

function check(yaml: string, others: Record<string, string> = {}) {
  const source = readYaml(yaml, 'mine.yaml')
  if ('problems' in source) return { problems: source.problems, checked: undefined }
  const recipe = (name: string) =>
    others[name] === undefined ? shippedRecipe(name) : (readYaml(others[name], `${name}.yaml`) as RecipeSource)
  return checkRecipe(source, { ...known, recipe })
}

const recipe = (rest: string) => `recipe: mine\nsummary: A recipe.\n${rest}`
const found = (yaml: string, others?: Record<string, string>) =>
  check(yaml, others).problems.map(({ code, line, column }) => `${line}:${column} ${code.replace('recipe/', '')}`)

test('all 5 recipes that come along check, and each is named as its file is', () => {
  expect(shippedRecipes()).toEqual([
    'audit-sampling',
    'catalogue-refresh',
    'fine-tune-on-new-data',
    'nightly-curation',
    'weekly-settlement',
  ])
  for (const name of shippedRecipes()) {
    const { checked, problems } = checkRecipe(shippedRecipe(name)!, known)
    expect(problems).toEqual([])
    expect(checked?.document.recipe).toBe(name)
    expect(checked?.digest).toBe(digestOf(checked?.document))
  }
})

test('the whole recipe of docs/recipes.md checks', () => {
  const page = readFileSync(new URL('../../docs/recipes.md', import.meta.url), 'utf8')
  const yaml = /```yaml\n([^]*?)```/.exec(page)?.[1] ?? ''
  expect(check(yaml)).toMatchObject({ problems: [], checked: { document: { recipe: 'careful-training' } } })
})

test('a recipe that calls another one carries it whole, so that its digest changes when that one does', () => {
  const outer = recipe('steps:\n  - recipe: inner\n')
  const inner = (text: string) => `recipe: inner\nsummary: ${text}\nsteps:\n  - tool: status\n`
  const [a, b] = ['one', 'two'].map((text) => check(outer, { inner: inner(text) }).checked!)
  expect(a?.digest).not.toBe(b?.digest)
  expect(a?.document.steps).toMatchObject([{ call: { kind: 'recipe', document: { summary: 'one' } } }])
})

/** What is written, and where which problems are. */
const bad: [string, string, string[]][] = [
  ['broken YAML', 'steps: [', ['3:9 syntax']],
  ['an alias, which could fill the memory', 'steps: &a\n  - tool: status\noutput: { x: *a }', ['5:14 syntax']],
  ['a field twice', 'steps:\n  - tool: status\n    tool: claim', ['5:5 syntax']],
  ['a tag', 'steps:\n  - tool: !!js/function status', ['4:11 syntax']],
  ['no steps', 'on: []', ['1:1 shape']],
  ['a field that there is not', 'stepz: []\nsteps:\n  - tool: status', ['3:1 unknown-field']],
  ['a field of a step that there is not', 'steps:\n  - tool: status\n    retries: 3', ['5:5 unknown-field']],
  ['a tool that there is not', 'steps:\n  - tool: fly', ['4:11 unknown-tool']],
  ['an agent that there is not', 'steps:\n  - agent: spy', ['4:12 unknown-agent']],
  ['a recipe that there is not', 'steps:\n  - recipe: nobody-wrote-it', ['4:13 unknown-recipe']],
  ['a step that says nothing', 'steps:\n  - id: nothing', ['4:5 step']],
  ['a step that says two things', 'steps:\n  - tool: status\n    agent: curator', ['4:5 step']],
  ['an argument that the tool does not take', 'steps:\n  - tool: curate\n    with:\n      datanet: d\n      datanett: e', ['7:7 unknown-argument']], // prettier-ignore
  ['an argument that is missing', 'steps:\n  - tool: curate\n    with: {}', ['5:11 argument']],
  ['an argument of the wrong type', 'steps:\n  - tool: draw_audits\n    with:\n      epoch: 0\n      count: many', ['6:14 argument', '7:14 argument']], // prettier-ignore
  ['one deep inside a list', 'steps:\n  - tool: quote\n    with:\n      model: m\n      messages:\n        - role: user\n          content: hi\n        - role: king\n          content: hi', ['10:17 argument']], // prettier-ignore
  ['a field deep inside a list', 'steps:\n  - tool: quote\n    with:\n      model: m\n      messages:\n        - role: user\n          content: hi\n          tone: warm', ['10:11 unknown-argument']], // prettier-ignore
  ['wei as a number that is not exact', 'steps:\n  - agent: buyer\n    with:\n      model: m\n      questions: [{ prompt: a }]\n      budgetWei: 1000000000000000000000', ['8:18 number', '8:18 argument']], // prettier-ignore
  ['an input that there is not', 'steps:\n  - tool: curate\n    with:\n      datanet: ${input.net}', ['6:16 unknown-reference']], // prettier-ignore
  ['a step that comes later', 'steps:\n  - tool: curate\n    with:\n      datanet: ${steps.later.x}\n  - id: later\n    tool: status', ['6:16 unknown-reference']], // prettier-ignore
  ['a field that the step does not give', 'steps:\n  - tool: status\n  - tool: curate\n    with:\n      datanet: ${steps.status.where}', ['7:16 unknown-reference']], // prettier-ignore
  ['a number for a text', 'steps:\n  - tool: status\n  - tool: curate\n    with:\n      datanet: ${steps.status.epoch}', ['7:16 reference-type']], // prettier-ignore
  ['a list in a text', 'steps:\n  - tool: status\n  - tool: curate\n    with:\n      datanet: all of ${steps.status.parts}', ['7:16 reference-type']], // prettier-ignore
  ['a list of the wrong items', 'steps:\n  - tool: status\n  - tool: claim\n    with:\n      payees: ${steps.status.parts}', ['7:15 reference-type']], // prettier-ignore
  ['a reference without an end', 'steps:\n  - tool: curate\n    with:\n      datanet: ${input', ['6:16 reference']],
  ['two that run side by side and see each other', 'steps:\n  - parallel:\n      - tool: status\n      - tool: draw_audits\n        with: { epoch: 1, count: "${steps.status.epoch}" }', ['7:34 unknown-reference']], // prettier-ignore
  ['a circle', 'steps:\n  - recipe: mine', ['4:13 cycle']],
  ['a schedule of 4 fields', 'on:\n  - schedule: 0 3 * *\nsteps:\n  - tool: status', ['4:15 cron']],
  ['an hour of 24', 'on:\n  - schedule: 0 24 * * *\nsteps:\n  - tool: status', ['4:15 cron']],
  ['the 30th of February', 'on:\n  - schedule: 0 0 30 feb *\nsteps:\n  - tool: status', ['4:15 cron']],
  ['a time zone that there is not', 'on:\n  - schedule: "@daily"\n    zone: Mars/Base\nsteps:\n  - tool: status', ['5:11 zone']], // prettier-ignore
  ['an event that there is not', 'on:\n  - event: full_moon\nsteps:\n  - tool: status', ['4:12 unknown-event']],
  ['what the event does not tell', 'on:\n  - event: epoch_final\n    with: { epoch: "${event.number}" }\ninput: { epoch: integer }\nsteps:\n  - tool: status', ['5:20 unknown-reference']], // prettier-ignore
  ['a trigger without what the recipe takes', 'on:\n  - every: 1h\ninput: { epoch: integer }\nsteps:\n  - tool: status', ['4:5 argument']], // prettier-ignore
  ['a pause of 5 seconds', 'on:\n  - every: 5s\nsteps:\n  - tool: status', ['4:12 duration']],
  ['the same id twice', 'steps:\n  - tool: status\n  - tool: status', ['5:11 same-id']],
  ['a condition that is none', 'steps:\n  - tool: status\n    when: maybe', ['5:11 condition']],
  [
    'an order of lists',
    'steps:\n  - tool: status\n  - tool: claim\n    when: ${steps.status.parts} > 0',
    ['6:11 condition'],
  ],
  ['a text for a number in a condition', 'steps:\n  - tool: status\n  - tool: claim\n    when: ${steps.status.epoch} == "one"', ['6:11 condition']], // prettier-ignore
  [
    'each of what is no list',
    'steps:\n  - tool: status\n  - tool: claim\n    foreach: ${steps.status.epoch}',
    ['6:14 foreach'],
  ],
  ['what takes a step back by what it gives', 'steps:\n  - id: set\n    tool: set_budget\n    undo:\n      tool: set_budget\n      with:\n        agent: ${steps.set.wallet}', ['9:9 undo-reference']], // prettier-ignore
  ['what takes a step back by a tool that there is not', 'steps:\n  - tool: set_budget\n    undo:\n      tool: unset_budget', ['6:13 unknown-tool']], // prettier-ignore
  [
    'a default of another type',
    'input:\n  count: { type: integer, default: five }\nsteps:\n  - tool: status',
    ['4:36 default'],
  ],
  ['a wait for ever', 'steps:\n  - wait: for ever', ['4:11 duration']],
]

test.each(bad)('%s is told with its line and column', (_, rest, problems) => {
  expect(found(recipe(rest))).toEqual(problems)
})

test('a missing argument is told by its name, and what a tool and an agent take is found by another command', () => {
  const [tool] = check(recipe('steps:\n  - tool: curate\n    with: {}')).problems
  expect([tool?.message, tool?.tryThis]).toEqual(['curate needs datanet, and is not given it.', 'see what it takes: tributary tools curate --help']) // prettier-ignore
  const [agent] = check(recipe('steps:\n  - agent: curator\n    with: { datanet: 5 }')).problems
  expect(agent?.message).toBe('curator does not take this as datanet: expected string, received number.')
  expect(agent?.tryThis).toBe('see what it takes: tributary agent')
})

test('every problem says what to do next, and a good recipe has none: the table above is told apart from a checker that refuses all', () => {
  for (const [, rest] of bad)
    for (const { tryThis, message } of check(recipe(rest)).problems) {
      expect(tryThis.length).toBeGreaterThan(5)
      expect(message.length).toBeGreaterThan(10)
    }
  expect(found(recipe('steps:\n  - tool: status\n'))).toEqual([])
})

test('a circle of 3 recipes is told with its way, and a recipe inside that does not check with its file and line', () => {
  const call = (name: string, other: string) => `recipe: ${name}\nsummary: s\nsteps:\n  - recipe: ${other}\n`
  const { problems } = check(call('a', 'b'), { b: call('b', 'c'), c: call('c', 'a') })
  expect(problems).toMatchObject([{ code: 'recipe/cycle', line: 4, column: 13 }])
  expect(problems[0]?.message).toContain('a -> b -> c -> a')
  const broken = check(call('a', 'b'), { b: 'recipe: b\nsummary: s\nsteps:\n  - tool: fly\n' })
  expect(broken.problems).toMatchObject([{ code: 'recipe/broken-recipe', line: 4 }])
  expect(broken.problems[0]?.message).toContain('b.yaml:4:11')
})

test('what a called recipe gives is checked by its type, through 2 recipes, with line and column; where a step may be skipped, null is a value', () => {
  const others = {
    middle: 'recipe: middle\nsummary: s\nsteps:\n  - recipe: inner\noutput: { n: "${steps.inner.n}", text: "${steps.inner.text}" }\n',
    inner:
      'recipe: inner\nsummary: s\ninput: { many: { type: list, default: [] } }\nsteps:\n  - tool: status\n  - { id: set, tool: curate, when: "${steps.status.epoch} > 1", with: { datanet: d } }\noutput: { n: "${steps.status.epoch}", text: "n=${steps.status.epoch}", root: "${steps.set.decisions}", many: "${input.many}", all: ["${steps.status.epoch}"] }\n',
  }
  const using = (rest: string, name = 'inner') => found(recipe(`steps:\n  - { id: in, recipe: ${name} }\n${rest}`), others)
  const curate = (value: string) => `  - tool: curate\n    with:\n      datanet: "${value}"\n`
  expect(using(curate('${steps.in.text}'), 'middle')).toEqual([])
  expect(using(curate('${steps.in.n}'), 'middle')).toEqual(['7:16 reference-type'])
  expect(using(curate('${steps.in.root}'))).toEqual([])
  expect(using(curate('${steps.in.many}'))).toEqual(['7:16 reference-type'])
  expect(using(curate('${steps.in.nothing}'))).toEqual(['7:16 unknown-reference'])
  expect(using('  - tool: claim\n    with:\n      payees: ${steps.in.all}\n')).toEqual(['7:15 reference-type'])
  expect(using('  - tool: status\n    when: ${steps.in.root} != null\n')).toEqual([])
  expect(using('  - tool: status\n    when: ${steps.in.n} == "one"\n')).toEqual(['6:11 condition'])
  expect(using('  - tool: status\n    foreach: ${steps.in.n}\n')).toEqual(['6:14 foreach'])
}) // prettier-ignore

test('what is compiled is canonical: references, texts with references, and 0.25, which canonical JSON has no form for', () => {
  const { checked, problems } = check(
    recipe(
      'input: { name: string }\nsteps:\n  - id: a\n    tool: floats\n    with: { share: 0.25 }\n  - id: b\n    tool: floats\n    with: { share: "${steps.a.share}" }\n  - tool: curate\n    with: { datanet: "net-${input.name}-$${x}" }\n',
    ),
  )
  expect(problems).toEqual([])
  expect(checked?.document.steps).toMatchObject([
    { call: { with: { share: { $number: '0.25' } } }, needs: [] },
    { call: { with: { share: { $ref: ['steps', 'a', 'share'] } } }, needs: ['a'] },
    { id: 'curate', call: { with: { datanet: { $text: ['net-', { $ref: ['input', 'name'] }, '-${x}'] } } } },
  ])
})

test('a text of 65,537 characters and one that is nested 20,000 deep are refused in words', () => {
  expect(found('x'.repeat(65_537))).toEqual(['1:1 syntax'])
  expect(found('['.repeat(20_000)).at(0)).toMatch(/syntax$/)
})
