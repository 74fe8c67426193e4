import { fileURLToPath } from 'node:url'
import { keptBundle, type WorkflowBundle } from '../graph/worker/keptBundle.ts'

/**
 * All workflows of this project as the one file that its workers load. The set-up builds it; a start finds it in `cacheDir` and
 * looks only whether a file of it has changed. Cost and errors: those of buildWorkflowBundle.
 */
export async function bundleWorkflows({
  cacheDir,
  say,
}: {
  cacheDir: string
  say: (line: string) => void
}): Promise<WorkflowBundle> {
  const where = { workflowsPath: fileURLToPath(new URL('../index.ts', import.meta.url)), cacheDir }
  const kept = await keptBundle(where)
  if (kept !== undefined) return kept
  // Temporal's worker and webpack take a second to load, which the set-up of every command would pay.
  const { buildWorkflowBundle } = await import('../graph/worker/index.ts')
  const { quietTemporal } = await import('./quietTemporal.ts')
  quietTemporal()
  return buildWorkflowBundle({ ...where, say })
}
