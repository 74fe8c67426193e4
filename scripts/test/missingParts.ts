import type { TestReport } from './readVitestReport.ts'

/** Fewer than this is a suite that lost a part. It only ever grows. */
const leastTests = 400

/** Rooms whose tests must have been there: a part that vanished can't fail by itself. */
const rooms = ['agents', 'attribution', 'chain', 'datanets', 'gateway', 'kernel', 'logging', 'models', 'provision']
const moreRooms = ['servers', 'store', 'test/architecture', 'test/browser', 'test/system', 'tools', 'workflows']

/** What a complete run must have tested and did not. Skipped tests that need the corpora are let through without them. */
export function missingParts({ passed, skipped, files }: TestReport): string[] {
  const missing = [...rooms, ...moreRooms]
    .filter((room) => !files.some((file) => file.startsWith(`${room}/`)))
    .map((room) => `the tests of ${room}: none ran`)
  if (passed < leastTests) missing.push(`only ${passed} tests passed: at least ${leastTests} are there`)
  if (process.env['TRIBUTARY_TEST_DATABASE_URL'] === undefined)
    missing.push('the store on Postgres: there is no Postgres')
  if (process.env['TRIBUTARY_DATA'] !== undefined) missing.push(...skipped.map((title) => `${title} (skipped)`))
  return missing
}
