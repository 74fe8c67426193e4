import type { Digest } from '../../kernel/index.ts'

export { auditor, buyer, curator, trainer, treasurer } from '../index.ts'

/** The training as the trainer sees it: a workflow under its own. The loss falls as the alias says. */
export async function fineTune(
  { alias }: { alias: string },
  { publish }: { publish: boolean },
): Promise<{ run: Digest; adapter: Digest; heldOutLossBeforeMicroNats: number; heldOutLossAfterMicroNats: number }> {
  const id = (letter: string): Digest => `0x${letter.repeat(64)}` as Digest
  if (publish) throw new TypeError('only the trainer publishes')
  return {
    run: id('a'),
    adapter: id('b'),
    heldOutLossBeforeMicroNats: 3_000_000,
    heldOutLossAfterMicroNats: alias.startsWith('worse') ? 3_000_001 : 2_900_000,
  }
}
