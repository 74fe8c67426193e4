/** One tensor of a weights file: `offset` and `length` are bytes from the start of the file. */
export type WeightEntry = { dtype: string; shape: number[]; offset: number; length: number }

/** Where each tensor of a model lies. `location` is the name of the file in the folder from which graphs are opened. */
export type WeightIndex = { location: string; entries: Record<string, WeightEntry> }
