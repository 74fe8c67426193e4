import { expect, test } from 'vitest'
import { createEventLog } from './eventLog.ts'

test('keeps the last 10 of 1,000 events, numbers all, and says where what is kept begins', () => {
  const log = createEventLog(10)
  for (let i = 0; i < 1_000; i++) log.push({ kind: 'node', node: 'a', path: [], data: i })
  const page = log.page()
  expect([page.first, page.next, page.done]).toEqual([990, 1_000, false])
  expect(page.events.map(({ data }) => data)).toEqual([990, 991, 992, 993, 994, 995, 996, 997, 998, 999])
  expect(log.page(998).events.map(({ seq }) => seq)).toEqual([998, 999])
  log.end()
  expect(log.page(1_000)).toEqual({ events: [], first: 990, next: 1_000, done: true })
})
