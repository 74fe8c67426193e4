import { expect, it } from 'vitest'
import * as surface from './index.ts'

it('exports these 25 values and no others', () => {
  expect(Object.keys(surface).toSorted()).toEqual([
    'Graph',
    'activationBytes',
    'allTargets',
    'answerGraphs',
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
    'packedBytes',
    'prefixGraph',
    'pretrainGraph',
    'projectionName',
    'projectionSize',
    'ropeKind',
    'ropeNumbers',
    'seededNormal',
    'serveGraph',
    'serveLanes',
    'tinyLlama',
  ])
})
