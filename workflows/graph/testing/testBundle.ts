import { join } from 'node:path'
import { nodeModulesPath } from '../worker/paths.ts'
import { buildWorkflowBundle, type WorkflowBundle } from '../worker/index.ts'

/** A bundle for tests, kept between test files and runs: the cache checks every source by its digest. */
export function testBundle(workflowsPath: string): Promise<WorkflowBundle> {
  return buildWorkflowBundle({ workflowsPath, cacheDir: join(nodeModulesPath, '.cache', 'tributary') })
}

/** A bundle for a worker that has the tools of the test at hand, and not those of the graphs which are in it too. */
export const noGraphs = ({ codePath }: WorkflowBundle) => ({ codePath, graphs: [] })
