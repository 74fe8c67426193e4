import { expect, test } from 'vitest'
import { isZone, readCron } from './readCron.ts'

const good = ['0 3 * * *', '*/5 * * * *', '0 6 * * mon', '0 0 1,15 jan-jun *', '10-50/10 8-18 * * 1-5', '0 0 29 feb *']
const bad = ['', '* * * *', '60 * * * *', '* * 0 * *', '* * * 13 *', '* * * * 7', '5-1 * * * *', '*/0 * * * *', '0 0 31 4,6 *', 'x * * * *', '*-5 * * * *', '1,,2 * * * *', '0 0 * * * *'] // prettier-ignore

test.each(good)('takes %s as it is', (text) => expect(readCron(text)).toEqual({ cron: text }))
test.each(bad)('says what is wrong with "%s"', (text) => expect(readCron(text)).toMatchObject({ problem: expect.stringMatching(/.{8}/) })) // prettier-ignore

test('knows 5 names of schedules, capitals, and a day of week that makes the 31st of June no matter', () => {
  expect(readCron('@weekly')).toEqual({ cron: '0 0 * * 0' })
  expect(readCron(' 0  3 * JAN  Mon ')).toEqual({ cron: '0 3 * jan mon' })
  expect(readCron('0 0 31 6 1')).toEqual({ cron: '0 0 31 6 1' })
})

test('knows Europe/London and UTC, and no zone on Mars', () => {
  expect(['Europe/London', 'UTC', 'Mars/Base', ''].map(isZone)).toEqual([true, true, false, false])
})
