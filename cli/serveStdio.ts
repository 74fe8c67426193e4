import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { definitions } from '../tools/definitions.ts'
import { mcpServer, version } from '../tools/index.ts'
import { callServer } from './callServer.ts'

/** All tools over MCP on stdin and stdout, each call passed to the server of this home. */
export async function serveStdio(): Promise<void> {
  const server = mcpServer(
    Object.values(definitions),
    async ({ name }, input, effectKey) =>
      JSON.parse(await callServer(name, input, effectKey)) as Record<string, unknown>,
    version,
  )
  await server.connect(new StdioServerTransport())
}
