import { defineConfig } from 'vitest/config'

/** `unit`: tests beside their files, and the architecture. `system`: whole-system tests, one file at a time. */
const shared = {
  exclude: ['node_modules/**', '.tributary/**', 'dist/**', '**/fixtures/**'],
  pool: 'forks' as const,
  env: { NODE_NO_WARNINGS: '1' },
}

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...shared.exclude, 'test/system/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'system',
          include: ['test/system/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
    maxWorkers: 2,
  },
})
