import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createServer, type AddressInfo } from 'node:net'

/**
 * The compiler, loaded once, for many runs of forge: solcJs.mjs asks it through `port`. To load it takes longer than to compile a
 * contract. It answers on this machine alone, and to whoever asks: it reads and writes no file.
 */
export async function serveSolc(): Promise<{ port: number; close: () => Promise<void> }> {
  const solc = createRequire(import.meta.url)('solc') as { version: () => string; compile: (input: string) => string }
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', () => undefined)
    socket.on('end', () => {
      const { what, input } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { what: string; input: string }
      const version = solc.version().replace(/\.Emscripten\.clang$/, '.Linux.g++')
      socket.end(
        what === 'compile'
          ? solc.compile(input)
          : `solc, the solidity compiler commandline interface\nVersion: ${version}\n`,
      )
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}
