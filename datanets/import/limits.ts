/** Bounds on what is read, so that one bad file can't take the memory of the process. Bytes unless named otherwise. */
export type ImportLimits = { fileBytes: number; totalBytes: number; sampleCharacters: number; samples: number }

export const defaultImportLimits: ImportLimits = {
  fileBytes: 256 * 2 ** 20,
  totalBytes: 512 * 2 ** 20,
  sampleCharacters: 65_536,
  samples: 1_000_000,
}
