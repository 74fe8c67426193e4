import { createInterface } from 'node:readline/promises'
import { TributaryError } from '../../kernel/index.ts'

export type Terminal = { input: NodeJS.ReadableStream & { isTTY?: boolean }; output: NodeJS.WritableStream }

/**
 * Asks a person to type the id of the chain. Throws cli/not-confirmed for another answer, and where nobody can answer.
 */
export async function confirmDeploy(
  chainId: number,
  { input, output }: Terminal = { input: process.stdin, output: process.stdout },
): Promise<void> {
  if (!input.isTTY) throw notConfirmed('nobody can be asked here', '--yes deploys without asking, for scripts')
  const lines = createInterface({ input, output })
  try {
    const said = await lines.question(
      `This costs money and can’t be undone. Type the chain’s id (${chainId}) to deploy: `,
    )
    if (said.trim() !== String(chainId)) throw notConfirmed('another answer', 'nothing was sent; run it again')
  } finally {
    lines.close()
  }
}

function notConfirmed(reason: string, tryThis: string): TributaryError {
  return new TributaryError('The deployment was not confirmed.', {
    code: 'cli/not-confirmed',
    facts: { reason },
    tryThis,
  })
}
