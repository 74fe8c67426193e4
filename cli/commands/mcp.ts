import { Command } from 'commander'
import { serveStdio } from '../serveStdio.ts'

export const mcpCommand = (_print: (line: string) => void): Command =>
  new Command('mcp')
    .description('Serve all tools over MCP on standard input and output, for an agent on this machine.')
    .action(serveStdio)
