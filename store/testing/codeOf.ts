import { findError } from '../../kernel/index.ts'

/** The code that a call is refused with; 'none' when it is not refused, 'uncoded' for any other error. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'none'
  } catch (failure) {
    return findError(failure)?.code ?? 'uncoded'
  }
}
