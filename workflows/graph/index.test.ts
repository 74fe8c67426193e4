import { expect, test } from 'vitest'
import * as agents from '../../agents/index.ts'
import * as activity from './activity/index.ts'
import * as client from './client/index.ts'
import * as sandbox from './index.ts'
import * as worker from './worker/index.ts'

test('the public surface is 8 names for the sandbox, 11 for the worker, 3 for the client, 3 for activities, 4 agents and inputs', () => {
  expect(Object.keys(sandbox).toSorted()).toEqual([
    'codedFailures',
    'durableGraph',
    'graphFailure',
    'graphInterrupts',
    'graphResume',
    'graphVerdict',
    'inActivity',
    'toFailure',
  ])
  expect(Object.keys(worker).toSorted()).toEqual([
    'buildWorkflowBundle',
    'codedErrors',
    'createActivityWorker',
    'createWorker',
    'fileBlobs',
    'historyToJson',
    'inlineHistory',
    'lineageOf',
    'passesLineage',
    'replayEvents',
    'replayHistory',
  ])
  expect(Object.keys(client).toSorted()).toEqual(['createClient', 'fileBlobs', 'graphDataConverter'])
  expect(Object.keys(activity).toSorted()).toEqual(['emit', 'interrupt', 'requireApproval'])
  expect(Object.keys(agents).toSorted()).toEqual(['auditor', 'buyer', 'curator', 'trainer', 'treasurer'])
})
