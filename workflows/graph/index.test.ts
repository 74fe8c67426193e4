import { expect, test } from 'vitest'
import * as agents from '../../agents/index.ts'
import * as sandbox from './index.ts'
import * as worker from './worker/index.ts'

test('the public surface is 10 names for the sandbox, 11 for worker and client, 4 agents and inputs', () => {
  expect(Object.keys(sandbox).toSorted()).toEqual([
    'codedFailures',
    'durableGraph',
    'graphEvents',
    'graphFailure',
    'graphInterrupts',
    'graphNextEvents',
    'graphResume',
    'graphState',
    'inActivity',
    'toFailure',
  ])
  expect(Object.keys(worker).toSorted()).toEqual([
    'buildWorkflowBundle',
    'checkGraphs',
    'codedErrors',
    'createActivityWorker',
    'createGraphWorker',
    'dataConverter',
    'graphHandle',
    'historyToJson',
    'lineageOf',
    'passesLineage',
    'replayHistory',
  ])
  expect(Object.keys(agents).toSorted()).toEqual(['buyer', 'buyerInput', 'curator', 'curatorInput'])
})
