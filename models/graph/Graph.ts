import { TributaryError } from '../../kernel/index.ts'
import { encodeOnnx } from './onnx.ts'
import type { Attribute, DType, ExternalData, NodeDef, TensorDef, ValueDef } from './onnx.ts'
import { prune } from './prune.ts'
import type { Shape } from './shapes.ts'

/** A value in a graph: an input, a weight, or what an operator gives. */
export type Val = ValueDef

/**
 * Vector-Jacobian product: from the gradient of the node's first output, the gradient of each value that the node
 * differentiates, null where `needs(i)` is false or it has none.
 */
export type Vjp = (gradient: Val, needs: (i: number) => boolean) => readonly (Val | null)[]

export type GraphNode = NodeDef & {
  /** What `vjp` returns gradients for; the inputs, unless the derivative of a whole passage was replaced. */
  readonly differentiates: readonly Val[]
  readonly vjp: Vjp | undefined
}

export type NodeOptions = {
  outputs: readonly { shape: Shape; dtype?: DType; name?: string }[]
  attributes?: Record<string, Attribute>
  domain?: 'com.microsoft'
  differentiates?: readonly Val[]
  vjp?: Vjp
}

/** An ONNX graph under construction. Shapes are symbolic, so errors in them surface while building. */
export class Graph {
  readonly nodes: GraphNode[] = []
  readonly inputs: Val[] = []
  readonly outputs: Val[] = []
  readonly tensors = new Map<string, TensorDef>()
  readonly #constants = new Map<string, Val>()
  #names = 0

  input(name: string, dtype: DType, shape: Shape): Val {
    const value = { name, dtype, shape }
    this.inputs.push(value)
    return value
  }

  /** Names a value as an output of the graph. */
  output(name: string, value: Val): void {
    this.outputs.push(this.op('Identity', [value], { name, dtype: value.dtype, shape: value.shape }))
  }

  /** A weight whose bytes stay in another file; a safetensors file can be named directly. */
  weight(name: string, dims: readonly number[], external: ExternalData, dtype: DType = 'f32'): Val {
    if (!this.tensors.has(name)) this.tensors.set(name, { name, dtype, dims, external })
    return { name, shape: dims, dtype }
  }

  /** A table whose bytes are kept in the graph itself. */
  table(name: string, dims: readonly number[], data: Float32Array): Val {
    const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    if (!this.tensors.has(name)) this.tensors.set(name, { name, dtype: 'f32', dims, raw })
    return { name, shape: dims, dtype: 'f32' }
  }

  /** A float scalar. */
  float(value: number): Val {
    return this.#constant(`f32 ${value}`, 'f32', [], Float32Array.of(value))
  }

  /** An integer scalar. */
  int(value: number): Val {
    return this.#constant(`i64 ${value}`, 'i64', [], BigInt64Array.of(BigInt(value)))
  }

  /** A vector of integers: axes, shapes. */
  ints(values: readonly number[]): Val {
    return this.#constant(`i64[] ${values.join()}`, 'i64', [values.length], BigInt64Array.from(values, BigInt))
  }

  /** Adds an operator with one output. `null` is an input left out. */
  op(
    op: string,
    inputs: readonly (Val | null)[],
    { shape, dtype, name, ...options }: Omit<NodeOptions, 'outputs'> & { shape: Shape; dtype?: DType; name?: string },
  ): Val {
    const output = { shape, ...(dtype ? { dtype } : {}), ...(name ? { name } : {}) }
    const [value] = this.node(op, inputs, { ...options, outputs: [output] })
    return value as Val
  }

  /** Adds an operator with several outputs; trailing ones that nobody reads are dropped when the graph is encoded. */
  node(op: string, inputs: readonly (Val | null)[], options: NodeOptions): Val[] {
    const outputs = options.outputs.map(({ name = `v${this.#names++}`, dtype = 'f32', shape }): Val => ({
      name,
      dtype,
      shape,
    }))
    this.nodes.push({
      op,
      domain: options.domain ?? '',
      attributes: options.attributes ?? {},
      inputs: inputs.map((value) => value?.name ?? ''),
      outputs: outputs.map((value) => value.name),
      differentiates: options.differentiates ?? inputs.map((value) => value ?? absent),
      vjp: options.vjp,
    })
    return outputs
  }

  /** The ONNX bytes: without nodes that no output needs and without tensors that no node needs. */
  encode(): Uint8Array {
    if (this.outputs.length === 0) {
      throw new TributaryError('A graph without outputs computes nothing.', {
        code: 'graph/no-output',
        tryThis: 'name the wanted values with graph.output()',
      })
    }
    return encodeOnnx({ ...prune(this), inputs: this.inputs, outputs: this.outputs })
  }

  #constant(key: string, dtype: DType, dims: readonly number[], data: Float32Array | BigInt64Array): Val {
    const known = this.#constants.get(key)
    if (known) return known
    const value: Val = { name: `c${this.#constants.size}`, shape: dims, dtype }
    this.tensors.set(value.name, {
      name: value.name,
      dtype,
      dims,
      raw: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    })
    this.#constants.set(key, value)
    return value
  }
}

const absent: Val = { name: '', shape: [], dtype: 'f32' }
