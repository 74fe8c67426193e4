import { Command } from 'commander'

export const mcpCommand = (_print: (line: string) => void): Command =>
  new Command('mcp')
    .description('Serve all tools over MCP on standard input and output, for an agent on this machine.')
    .action(async () => {
      const { serveStdio } = await import('../serveStdio.ts')
      await serveStdio()
    })
