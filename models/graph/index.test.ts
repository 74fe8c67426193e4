import { expect, it } from 'vitest'
import * as surface from './index.ts'

it('exports these 21 values and no others', () => {
  expect(Object.keys(surface).toSorted()).toEqual([
    'Graph',
    'allTargets',
    'biasedTargets',
    'checkConfig',
    'contextLimit',
    'gradGraph',
    'gradients',
    'hasHeadNorms',
    'headDim',
    'llamaTensors',
    'modelTypes',
    'openGraph',
    'prefixGraph',
    'pretrainGraph',
    'projectionName',
    'projectionSize',
    'ropeKind',
    'ropeNumbers',
    'seededNormal',
    'serveGraph',
    'tinyLlama',
  ])
})
