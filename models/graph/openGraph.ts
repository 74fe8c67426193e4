import { InferenceSession } from 'onnxruntime-node'
import { TributaryError } from '../../kernel/index.ts'

export type OpenGraphOptions = {
  /** The folder that holds the weights file. */
  dir: string
  threads?: number
}

/**
 * Opens a graph's bytes in onnxruntime; the weights are read from `dir` by their location, no model file is written.
 *
 * Memory patterns are off: with them the second run of a gradient graph takes twice as long.
 * Cost: each session keeps its own packed copy of the matrices that it multiplies with. A run blocks the thread that
 * asked for it, so open sessions in a worker thread. Throws graph/refused when onnxruntime does not take the graph.
 */
export async function openGraph(bytes: Uint8Array, { dir, threads = 1 }: OpenGraphOptions): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(bytes, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      enableMemPattern: false,
      logSeverityLevel: 3,
      extra: { session: { model_external_initializers_file_folder_path: dir } },
    })
  } catch (cause) {
    throw new TributaryError('onnxruntime refused the graph.', {
      code: 'graph/refused',
      facts: { reason: cause instanceof Error ? cause.message.slice(0, 500) : String(cause), bytes: bytes.length },
      tryThis: 'check that the weights file lies whole in the folder from which the graph is opened',
      cause,
    })
  }
}
