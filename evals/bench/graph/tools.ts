/** An activity that does nothing: what a step costs is the machinery's. */
export const tools = { increment: async ({ n }: { n: number }) => ({ n: n + 1 }) }
