import { ProtoWriter } from './ProtoWriter.ts'

/** A dimension: a number, or the name of one that is known only when the graph runs. */
export type Dim = number | string
export type DType = 'f32' | 'u8' | 'i32' | 'i64' | 'bool'
/** Integers, text and lists of integers are themselves; a float says so, since 1 and 1.0 are the same in JavaScript. */
export type Attribute = number | string | readonly number[] | { readonly float: number }

/** Where a tensor's bytes lie: a file beside the model, from `offset` on. */
export type ExternalData = { readonly location: string; readonly offset: number; readonly length: number }
export type TensorDef = { name: string; dtype: DType; dims: readonly number[] } & (
  | { raw: Uint8Array; external?: never }
  | { external: ExternalData; raw?: never }
)
export type NodeDef = {
  op: string
  domain: string
  inputs: readonly string[]
  outputs: readonly string[]
  attributes: Readonly<Record<string, Attribute>>
}
export type ValueDef = { readonly name: string; readonly dtype: DType; readonly shape: readonly Dim[] }
export type ModelDef = {
  nodes: readonly NodeDef[]
  tensors: readonly TensorDef[]
  inputs: readonly ValueDef[]
  outputs: readonly ValueDef[]
}

/** TensorProto.DataType. */
export const onnxType: Readonly<Record<DType, number>> = { f32: 1, u8: 2, i32: 6, i64: 7, bool: 9 }

const irVersion = 10
const opset = 20

/**
 * The bytes of an ONNX model: the same model gives the same bytes, so their sha-256 names the graph.
 * Operators of the domain '' are of opset 20, those of com.microsoft of version 1.
 * Source of the field numbers: onnx.proto (ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto).
 */
export function encodeOnnx(model: ModelDef): Uint8Array {
  return new ProtoWriter()
    .int(1, irVersion)
    .string(2, 'tributary')
    .message(8, (w) => w.string(1, '').int(2, opset))
    .message(8, (w) => w.string(1, 'com.microsoft').int(2, 1))
    .message(7, (graph) => {
      for (const node of model.nodes) graph.message(1, (w) => writeNode(w, node))
      graph.string(2, 'tributary')
      for (const tensor of model.tensors) graph.message(5, (w) => writeTensor(w, tensor))
      for (const value of model.inputs) graph.message(11, (w) => writeValue(w, value))
      for (const value of model.outputs) graph.message(12, (w) => writeValue(w, value))
    })
    .finish()
}

function writeNode(w: ProtoWriter, node: NodeDef): void {
  for (const name of node.inputs) w.string(1, name)
  for (const name of node.outputs) w.string(2, name)
  w.string(3, node.outputs[0] ?? '').string(4, node.op)
  for (const [name, value] of Object.entries(node.attributes)) w.message(5, (a) => writeAttribute(a, name, value))
  if (node.domain) w.string(7, node.domain)
}

function writeAttribute(w: ProtoWriter, name: string, value: Attribute): void {
  w.string(1, name)
  if (typeof value === 'number') w.int(3, value).int(20, 2)
  else if (typeof value === 'string') w.string(4, value).int(20, 3)
  else if ('float' in value) w.float(2, value.float).int(20, 1)
  else {
    for (const item of value) w.int(8, item)
    w.int(20, 7)
  }
}

function writeTensor(w: ProtoWriter, tensor: TensorDef): void {
  for (const dim of tensor.dims) w.int(1, dim)
  w.int(2, onnxType[tensor.dtype]).string(8, tensor.name)
  if (tensor.raw) w.bytes(9, tensor.raw)
  if (tensor.external) {
    for (const [key, value] of Object.entries(tensor.external)) {
      w.message(13, (entry) => entry.string(1, key).string(2, String(value)))
    }
    w.int(14, 1)
  }
}

function writeValue(w: ProtoWriter, value: ValueDef): void {
  w.string(1, value.name).message(2, (type) =>
    type.message(1, (tensor) =>
      tensor.int(1, onnxType[value.dtype]).message(2, (shape) => {
        for (const dim of value.shape) {
          shape.message(1, (d) => (typeof dim === 'number' ? d.int(1, dim) : d.string(2, dim)))
        }
      }),
    ),
  )
}
