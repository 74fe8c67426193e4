import { Worker } from '@temporalio/worker'
import type { ProbeEntry, ProbeSinks } from '../replayProbe.ts'
import type { InjectedSinks } from '@temporalio/worker'
import type { BlobStore } from '../payload/blobStore.ts'
import { graphDataConverter } from '../payload/graphDataConverter.ts'

/** Replays a history against a bundle; returns all that the workflow did, with values, and why it stopped if it did. */
export async function replayedHistory(
  bundle: { codePath: string },
  history: unknown,
  workflowId: string,
  blobs?: BlobStore,
): Promise<{ entries: ProbeEntry[]; failure: Error | undefined }> {
  const entries: ProbeEntry[] = []
  const sinks: InjectedSinks<ProbeSinks> = {
    replayProbe: {
      record: { callDuringReplay: true, fn: (_info, text) => void entries.push(JSON.parse(text) as ProbeEntry) },
    },
  }
  const failure = await Worker.runReplayHistory(
    { workflowBundle: { codePath: bundle.codePath }, dataConverter: graphDataConverter(blobs), sinks },
    history,
    workflowId,
  ).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  )
  return { entries, failure }
}
