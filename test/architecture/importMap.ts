/**
 * The floor plan as a map: which rooms a room may import from when it runs. Types may come from anywhere.
 * A sub-room (with a slash) is a room of its own. `*`: every room but the ones that nobody imports.
 */
const edges = ['attribution', 'datanets', 'models', 'chain', 'store'] as const

export const importMap: Record<string, readonly string[]> = {
  kernel: [],
  logging: ['kernel'],
  provision: ['kernel'],
  servers: ['kernel', 'provision'],
  attribution: ['kernel'],
  datanets: ['kernel'],
  models: ['kernel'],
  chain: ['kernel', 'servers'],
  store: ['kernel', 'provision'],
  // What runs of recipes need, for the sandbox as well; the room itself reads files.
  'recipes/running': ['kernel'],
  recipes: ['kernel', 'recipes/running'],
  tools: ['kernel', 'logging', 'recipes', 'recipes/running', ...edges],
  'workflows/graph': ['kernel'],
  agents: ['kernel', 'tools', 'workflows/graph'],
  workflows: ['kernel', 'tools', 'agents', 'recipes/running', 'workflows/graph'],
  'workflows/client': ['kernel', 'workflows', 'workflows/graph'],
  'workflows/activities': ['kernel', 'logging', 'tools', 'workflows', 'workflows/graph', ...edges],
  gateway: ['kernel', 'logging', 'tools', ...edges],
  cli: ['*'],
  /** temporal.config.ts, the composition root, and the configuration files of tools. */
  root: ['*'],
  scripts: ['*'],
  evals: ['*'],
  /** They take the public entries by the name of the package, as a stranger would. */
  examples: [],
}

/** They import, and nobody imports them. */
export const nobodyImports = ['scripts', 'evals', 'test', 'cli', 'examples']

/** Doors of a room besides its index.ts: what they hold must be importable without the rest of the room. */
export const otherDoors = new Set([
  'temporal.config.ts',
  // Pure definitions, for agents and workflows in the sandbox; index.ts reaches the edges.
  'tools/definitions.ts',
  // The command line as data, for shell completion, which must not wait for the edges.
  'tools/faces/cli.ts',
  'tools/version.ts',
  'workflows/tourInput.ts',
  // Documents that cross to the Python worker, as schemas.
  'models/gpu/contract.ts',
  // One door for each agent: a worker bundles them one by one.
  'agents/auditor/index.ts',
  'agents/buyer/index.ts',
  'agents/curator/index.ts',
  'agents/trainer/index.ts',
  'agents/treasurer/index.ts',
  // Small real edges, and a gateway over them: the benches sell answers as the tests do.
  'tools/testing/openTestContext.ts',
  'tools/testing/trainTinyModel.ts',
  'gateway/testing/openTestGateway.ts',
  // Bugs planted in the contracts, for the table of evals.
  'chain/contracts/mutants/tryMutants.ts',
  // Definitions joined with their runs, for the composition root alone.
  'tools/boundTools.ts',
  // Native code, for the worker's process only; index.ts is for the sandbox.
  'workflows/graph/worker/index.ts',
  'workflows/graph/worker/keptBundle.ts',
  'workflows/graph/client/index.ts',
  'workflows/graph/activity/index.ts',
  'workflows/activities/index.ts',
  'workflows/client/workflowPort.ts',
  'workflows/client/lookAfterPayments.ts',
  'workflows/client/bundleWorkflows.ts',
  'workflows/client/connectTemporal.ts',
  'workflows/client/quietTemporal.ts',
  'workflows/client/releaseCutActivities.ts',
  // Plain JavaScript for the time before anything is installed, and for the tiny supervisor.
  'provision/processStart.mjs',
  'provision/withLock.mjs',
])

/** Runs in Temporal's sandbox: nothing that it reaches may be a Node builtin, native code or an edge. */
export function isSandboxed(file: string): boolean {
  if (file.startsWith('agents/')) return !file.includes('/testing/')
  return /^workflows\/[^/]+\.ts$/.test(file)
}

/** What the sandbox must not reach, by specifier. */
export const outsideTheSandbox =
  /^(node:|onnxruntime-node|@electric-sql\/|postgres$|@temporalio\/(worker|client|activity|testing|core-bridge)|pino$|solc|@hono\/node-server)/

/** A room, or a sub-room of the map, that a file lies in. */
export function roomOf(file: string): string {
  const parts = file.split('/')
  if (parts.length === 1) return 'root'
  const sub = parts.slice(0, 2).join('/')
  return sub in importMap ? sub : (parts[0] as string)
}
