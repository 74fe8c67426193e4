import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FairQueue } from './FairQueue.ts'

type Request = { payer: string; promptIds: { length: number }; answer: number; name: string }
const request = (payer: string, name: string, prompt = 10, answer = 10): Request => ({
  payer,
  promptIds: { length: prompt },
  answer,
  name,
})
/** Takes one and computes all of its answer. */
const serve = (queue: FairQueue<Request>): Request | undefined => {
  const taken = queue.take()
  if (taken) queue.charge(taken.payer, taken.answer)
  return taken
}

test('a payer with 1 request is next after the one that is served, whoever has 100 waiting', () => {
  const queue = new FairQueue<Request>()
  for (let i = 0; i < 100; i++) queue.push(request('many', `many ${i}`))
  expect(serve(queue)?.name).toBe('many 0')
  queue.push(request('one', 'one 0'))
  expect(serve(queue)?.name).toBe('one 0')
  expect(serve(queue)?.name).toBe('many 1')
  expect(queue.size).toBe(98)
})

test('payers that always have requests are served alike to within one request each, by tokens and not by requests', () => {
  const sizes = fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 50 }), fc.nat(50)), {
    minLength: 30,
    maxLength: 120,
  })
  fc.assert(
    fc.property(sizes, (all) => {
      const queue = new FairQueue<Request>()
      for (const [payer, prompt, answer] of all) queue.push(request(`payer ${payer}`, '', prompt, answer))
      const served = new Map<string, number>()
      const left = new Map<string, number>()
      for (const [payer] of all) left.set(`payer ${payer}`, (left.get(`payer ${payer}`) ?? 0) + 1)
      // As long as everybody waits.
      while ([...left.values()].every((count) => count > 0)) {
        const taken = serve(queue)!
        left.set(taken.payer, left.get(taken.payer)! - 1)
        served.set(taken.payer, (served.get(taken.payer) ?? 0) + taken.promptIds.length + taken.answer)
        const totals = [...left.keys()].map((payer) => served.get(payer) ?? 0)
        expect(Math.max(...totals) - Math.min(...totals)).toBeLessThanOrEqual(100)
      }
    }),
    { seed: 5 },
  )
})

test('a payer that was away saves up nothing, and one that comes back at once keeps its debt', () => {
  const queue = new FairQueue<Request>()
  queue.push(request('away', 'away 0'))
  for (let i = 0; i < 50; i++) queue.push(request('busy', `busy ${i}`))
  serve(queue)
  for (let i = 0; i < 40; i++) expect(serve(queue)?.payer).toBe('busy')
  for (let i = 0; i < 5; i++) queue.push(request('away', `away ${i + 1}`))
  // In turns from here on: five in a row would be the saved-up time.
  expect(Array.from({ length: 6 }, () => serve(queue)?.payer)).toEqual(['away', 'busy', 'away', 'busy', 'away', 'busy'])

  const debt = new FairQueue<Request>()
  for (const payer of ['a', 'b', 'a', 'b']) debt.push(request(payer, ''))
  debt.charge('a', 1_000)
  expect([serve(debt), serve(debt)].map((taken) => taken?.payer)).toEqual(['b', 'b'])
  debt.push(request('b', ''))
  expect(serve(debt)?.payer).toBe('b')
})

test('a request that is taken out leaves the others in their order; 10,000 payers that came once are forgotten', () => {
  const queue = new FairQueue<Request>()
  for (const name of ['x', 'y', 'z']) queue.push(request('a', name))
  expect(queue.remove(({ name }) => name === 'y')?.name).toBe('y')
  expect(queue.remove(({ name }) => name === 'y')).toBeUndefined()
  expect([serve(queue)?.name, serve(queue)?.name, serve(queue)?.name]).toEqual(['x', 'z', undefined])
  queue.push(request('waits for ever', '', 1e9))
  queue.push(request('waits for ever', ''))
  serve(queue)
  for (let i = 0; i < 10_000; i++) {
    queue.push(request(`payer ${i}`, ''))
    serve(queue)
  }
  expect(queue.size).toBe(1)
  expect(queue.knownPayers).toBeLessThan(2_500)
})
