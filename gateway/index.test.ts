import { expect, test } from 'vitest'
import * as surface from './index.ts'

test('the public surface of gateway is this list of 4 names', () => {
  expect(Object.keys(surface).toSorted()).toEqual(['createSeller', 'listen', 'openGateway', 'recordedGateway'])
})
