import { defaultPayloadConverter, type Headers } from '@temporalio/common'

/**
 * Which workflows stand above one, the outermost first: it travels in a header with every activity and with every workflow that
 * is started from there, since a workflow itself only knows the one directly above it.
 */
const header = 'graph-lineage'

export function withLineage(headers: Headers, lineage: readonly string[]): Headers {
  return lineage.length === 0 ? headers : { ...headers, [header]: defaultPayloadConverter.toPayload(lineage) }
}

/** Undefined where nothing was said. */
export function readLineage(headers: Headers): string[] | undefined {
  const payload = headers[header]
  return payload && defaultPayloadConverter.fromPayload<string[]>(payload)
}
