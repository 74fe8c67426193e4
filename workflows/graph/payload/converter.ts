import '../sandbox/polyfills.ts'
import {
  BinaryPayloadConverter,
  CompositePayloadConverter,
  JsonPayloadConverter,
  UndefinedPayloadConverter,
  type Payload,
} from '@temporalio/common'
import { decode } from './decode.ts'
import { encode, type Json } from './encode.ts'

class GraphJsonConverter extends JsonPayloadConverter {
  override toPayload(value: unknown): Payload | undefined {
    return value === undefined ? undefined : super.toPayload(encode(value))
  }

  // oxlint-disable-next-line no-unnecessary-type-parameters -- the signature of Temporal's interface
  override fromPayload<T>(payload: Payload): T {
    return decode(super.fromPayload<Json>(payload)) as T
  }
}

/** Loaded by path on the client, on the worker, in the bundle and by the replayer: all four must use the same one. */
export const payloadConverter = new CompositePayloadConverter(
  new UndefinedPayloadConverter(),
  new BinaryPayloadConverter(),
  new GraphJsonConverter(),
)
