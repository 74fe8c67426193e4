import { expect, it } from 'vitest'
import * as surface from './index.ts'

it('exports these 14 values and no others', () => {
  expect(Object.keys(surface).toSorted()).toEqual([
    'Graph',
    'allTargets',
    'checkConfig',
    'gradGraph',
    'gradients',
    'headDim',
    'openGraph',
    'prefixGraph',
    'pretrainGraph',
    'projectionName',
    'projectionSize',
    'seededNormal',
    'serveGraph',
    'tinyLlama',
  ])
})
