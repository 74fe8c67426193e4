import { describe, expect, test } from 'vitest'
import { checkInput, fillTemplate, holds, type RecipeDocument } from './index.ts'

const scope = {
  input: { n: 3, name: 'a' },
  steps: { plan: { list: [{ id: 7 }], wei: '100000000000000000001', no: null } },
}
const at = (...$ref: string[]) => ({ $ref })

describe('a template', () => {
  test('takes a value of any type, goes into lists, and is null where nothing is', () => {
    const template = { n: at('input', 'n'), id: at('steps', 'plan', 'list', '0', 'id'), none: at('steps', 'x', 'y') }
    expect(fillTemplate(template, scope)).toEqual({ n: 3, id: 7, none: null })
  })
  test('reaches no prototype', () => {
    expect(fillTemplate(at('input', 'constructor'), scope)).toBeNull()
    expect(fillTemplate(at('input', 'name', 'length'), scope)).toBeNull()
  })
  test('writes scalars into texts and refuses lists', () => {
    expect(fillTemplate({ $text: ['n=', at('input', 'n')] }, scope)).toBe('n=3')
    expect(() => fillTemplate({ $text: [at('steps', 'plan', 'list')] }, scope)).toThrow(
      expect.objectContaining({ code: 'recipe/text' }),
    )
  })
  test('what a value holds is never read as a reference: a step’s text is data', () => {
    const hostile = {
      steps: { chat: { text: { $ref: ['input', 'secret'] }, said: '${input.secret}' } },
      input: { secret: 's' },
    }
    expect(fillTemplate({ a: at('steps', 'chat', 'text'), b: at('steps', 'chat', 'said') }, hostile)).toEqual({
      a: { $ref: ['input', 'secret'] },
      b: '${input.secret}',
    })
  })
})

describe('a condition', () => {
  const wei = at('steps', 'plan', 'wei')
  test.each([
    [at('input', 'n'), '>', 2, true],
    [at('input', 'n'), '<=', 2, false],
    [wei, '>', '100000000000000000000', true],
    [wei, '>=', 1, true],
    [wei, '==', '100000000000000000001', true],
    [at('input', 'name'), '==', 'a', true],
    [at('input', 'name'), '>', 0, false],
    [at('steps', 'plan', 'no'), '!=', null, false],
    [at('steps', 'plan', 'no'), '<', 1, false],
  ] as const)('%j %s %j is %s', (left, operator, right, isTrue) => {
    expect(holds({ left, operator, right }, scope)).toBe(isTrue)
  })
})

test('an input gets its defaults, and one that does not fit is refused with a line for each of 4 fields', () => {
  const document = {
    recipe: 'r',
    input: {
      a: { type: 'string' },
      b: { type: 'integer', default: 5 },
      c: { type: 'list', default: [1] },
      d: { type: 'boolean' },
    },
  } as unknown as RecipeDocument
  expect(checkInput(document, { a: 'x', d: false })).toEqual({ a: 'x', b: 5, c: [1], d: false })
  expect(() => checkInput(document, { a: 1, b: 1.5, e: 1 })).toThrow(
    expect.objectContaining({
      code: 'recipe/input',
      facts: expect.objectContaining({ issues: expect.objectContaining({ length: 4 }) }),
    }),
  )
})
