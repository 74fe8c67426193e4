import { TestWorkflowEnvironment } from '@temporalio/testing'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import { devServerSettings, TributaryError } from '../../../kernel/index.ts'
import { graphDataConverter } from '../client/index.ts'
import { testBlobs } from './testBlobs.ts'

/** A real Temporal server for tests: the one at TEMPORAL_ADDRESS, or one of its own by TEMPORAL_CLI_PATH. */
export async function temporalServer(): Promise<TestWorkflowEnvironment> {
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  const { TEMPORAL_ADDRESS: address, TEMPORAL_CLI_PATH: path } = process.env
  const client = { dataConverter: graphDataConverter(testBlobs) }
  if (address) return TestWorkflowEnvironment.createFromExistingServer({ address, client })
  if (!path) {
    throw new TributaryError('These tests need a Temporal server.', {
      code: 'graph/no-temporal',
      tryThis: 'set TEMPORAL_CLI_PATH to the temporal program, or TEMPORAL_ADDRESS to a server',
    })
  }
  const executable = { type: 'existing-path', path } as const
  return TestWorkflowEnvironment.createLocal({ client, server: { executable, extraArgs: [...devServerSettings] } })
}
