/**
 *   node sdkDownload.ts <folder>
 *
 * Lets the Temporal SDK download its dev server into the folder. A program of its own, since the SDK's download can't
 * be cancelled: whoever starts it ends it when it takes too long.
 */
import { TestWorkflowEnvironment } from '@temporalio/testing'

const [downloadDir = ''] = process.argv.slice(2)
const executable = { type: 'cached-download', downloadDir, ttl: '3650 days' } as const
const environment = await TestWorkflowEnvironment.createLocal({ server: { executable } })
await environment.teardown()
