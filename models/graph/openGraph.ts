import { InferenceSession } from 'onnxruntime-node'

export type OpenGraphOptions = {
  /** The folder that holds the weights file. */
  dir: string
  threads?: number
}

/**
 * Opens a graph's bytes in onnxruntime; the weights are read from `dir` by their location, no model file is written.
 * Memory patterns are off: with them the second run of a gradient graph takes twice as long.
 */
export function openGraph(bytes: Uint8Array, { dir, threads = 1 }: OpenGraphOptions): Promise<InferenceSession> {
  return InferenceSession.create(bytes, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    enableMemPattern: false,
    logSeverityLevel: 3,
    extra: { session: { model_external_initializers_file_folder_path: dir } },
  })
}
