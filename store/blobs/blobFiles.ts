import { open, rename, rm } from 'node:fs/promises'

/** The few file operations that can fail on a full disk, so that a test can make them fail at the n-th call. */
export type BlobFiles = {
  create(path: string): Promise<{
    write(bytes: Uint8Array): Promise<void>
    sync(): Promise<void>
    close(): Promise<void>
  }>
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  syncFolder(path: string): Promise<void>
}

export const blobFiles: BlobFiles = {
  async create(path) {
    const file = await open(path, 'wx', 0o600)
    return {
      write: async (bytes) => {
        for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten
      },
      sync: () => file.sync(),
      close: () => file.close(),
    }
  },
  rename,
  remove: (path) => rm(path, { force: true }),
  async syncFolder(path) {
    // Windows opens no folders, and needs no sync of them.
    if (process.platform === 'win32') return
    const folder = await open(path, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  },
}
