import { TributaryError } from '../../../kernel/index.ts'
import type { Val } from '../Graph.ts'
import type { DType } from '../onnx.ts'

/** The common type of the operands of an operator. Throws graph/dtype when they differ. */
export function sameType(op: string, ...values: readonly Val[]): DType {
  const types = values.map((value) => value.dtype)
  const first = types[0] ?? 'f32'
  if (types.some((type) => type !== first)) throw typeError(op, types, 'the same type for all operands')
  return first
}

/** Throws graph/dtype when a value is not of the type that the operator takes. */
export function requireType(op: string, value: Val, type: DType): void {
  if (value.dtype !== type) throw typeError(op, [value.dtype], type)
}

function typeError(op: string, found: readonly DType[], wanted: string): TributaryError {
  return new TributaryError(`${op} does not take these types.`, {
    code: 'graph/dtype',
    facts: { op, found, wanted },
    tryThis: 'cast an operand first',
  })
}
