// The Node side of LangGraph on Temporal: bundle, worker, client, replay. Never import it in workflow code.
export { buildWorkflowBundle, type WorkflowBundle } from './buildWorkflowBundle.ts'
export { checkGraphs } from './checkGraphs.ts'
export { codedErrors } from './codedErrors.ts'
export { createGraphWorker, type GraphWorkerOptions } from './createGraphWorker.ts'
export { graphHandle, type GraphHandle } from './graphHandle.ts'
export { historyToJson } from './historyToJson.ts'
export { dataConverter } from './paths.ts'
export { replayHistory, type ReplayDifference } from './replayHistory.ts'
