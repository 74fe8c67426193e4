import { z } from 'zod'

/** How control of a payee is shown. */
export const controlProof = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('npm').describe('the latest published package.json has "tributary": {"payee": "0x…"}'),
    package: z.string().max(214).optional().describe('for a scope: which of its packages says so'),
  }),
  z.object({
    kind: z.literal('domain'),
    by: z
      .enum(['well-known', 'dns'])
      .describe(
        'https://<domain>/.well-known/tributary.json {"payee": "0x…"}, or a TXT record of _tributary.<domain>: tributary-payee=0x…',
      ),
  }),
  z.object({
    kind: z.literal('key').describe('the key that the payee named beforehand signs the challenge too'),
    signature: z.string().max(2_000),
  }),
])
export type ControlProof = z.output<typeof controlProof>
