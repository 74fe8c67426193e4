import { expect, test } from 'vitest'
import { agents, definitions } from '../../tools/definitions.ts'
import { checkRecipe, defineRecipe, readDocument, readYaml, shippedRecipe, type RecipeSource } from '../index.ts'

const known = { tools: definitions, agents, recipe: shippedRecipe }

const settlement = defineRecipe(
  {
    recipe: 'settle-and-audit',
    summary: 'Closes the epoch and audits what it paid.',
    on: [{ schedule: '0 6 * * 1' }, { event: 'epoch_final', with: (event) => ({ count: event.epoch }) }],
    input: { count: { type: 'integer', default: 3 } },
  },
  ({ input, tool, parallel, each }) => {
    parallel(() => {
      tool('channels', 'settle_channels', { force: true })
      tool('budgets', 'reconcile_budget', {})
    })
    const closed = tool('close', 'close_epoch', {})
    // oxlint-disable-next-line restrict-template-expressions -- a reference writes itself into a text
    const some = `${closed.epoch} > 0`
    const drawn = tool('draw', 'draw_audits', { epoch: closed.epoch, count: input.count }, { when: some })
    const audits = each(drawn.receipts, (receipt) => tool('audits', 'audit', { receipt }), 2)
    return { epoch: closed.epoch, first: audits[0]!.verdict }
  },
)

const same = `
recipe: settle-and-audit
summary: Closes the epoch and audits what it paid.
on:
  - schedule: 0 6 * * 1
  - event: epoch_final
    with: { count: "\${event.epoch}" }
input:
  count: { type: integer, default: 3 }
steps:
  - parallel:
      - { id: channels, tool: settle_channels, with: { force: true } }
      - { id: budgets, tool: reconcile_budget }
  - id: close
    tool: close_epoch
  - id: draw
    tool: draw_audits
    when: \${steps.close.epoch} > 0
    with: { epoch: "\${steps.close.epoch}", count: "\${input.count}" }
  - id: audits
    tool: audit
    foreach: \${steps.draw.receipts}
    width: 2
    with: { receipt: "\${item}" }
output:
  epoch: \${steps.close.epoch}
  first: \${steps.audits[0].verdict}
`

test('a typed function and YAML that say the same are the same document, to the digest', () => {
  const typed = checkRecipe(readDocument(settlement.source, 'mine.ts', settlement.places), known)
  const written = checkRecipe(readYaml(same, 'mine.yaml') as RecipeSource, known)
  expect([typed.problems, written.problems]).toEqual([[], []])
  expect(typed.checked?.document).toEqual(written.checked?.document)
  expect(typed.checked?.digest).toBe(written.checked?.digest)
})

test('a problem of a typed recipe is told with the line of the call in its own file', () => {
  const at = Number(/:(\d+):\d+\)?$/m.exec(new Error('here').stack!.split('\n')[1]!)![1])
  const broken = defineRecipe({ recipe: 'broken', summary: 's' }, ({ tool, parallel }) => {
    tool('one', 'status', {})
    parallel(() => {
      tool('two', 'draw_audits', { epoch: 1, count: 0 })
    })
  })
  const { problems } = checkRecipe(readDocument(broken.source, 'broken.ts', broken.places), known)
  expect(problems).toMatchObject([{ code: 'recipe/argument', line: at + 4 }])
})

test('the compiler refuses a tool that there is not, and an argument of the wrong type', () => {
  defineRecipe({ recipe: 'typed', summary: 's', input: { name: 'string' } }, ({ input, tool }) => {
    // @ts-expect-error -- no such tool
    tool('a', 'fly', {})
    // @ts-expect-error -- a text is no count
    tool('b', 'draw_audits', { epoch: 1, count: input.name })
    const { epoch } = tool('c', 'status', {})
    tool('d', 'draw_audits', { epoch, count: 1 })
    // @ts-expect-error -- status gives no such field
    tool('e', 'curate', { datanet: tool('f', 'status', {}).where })
  })
})

test('each that adds two steps is recipe/one-step', () => {
  const two = () =>
    defineRecipe({ recipe: 'two', summary: 's', input: { names: 'list' } }, ({ input, tool, each }) => {
      each(input.names, (item) => {
        tool('a', 'status', {})
        return tool('b', 'curate', { datanet: item as never })
      })
    })
  expect(two).toThrow(expect.objectContaining({ code: 'recipe/one-step' }))
})
