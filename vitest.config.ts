import { defineConfig } from 'vitest/config'

/**
 * `unit`: tests beside their files, and the architecture. `system`: whole-system tests, one file at a time. `gpu`: tests with
 * the real Python worker, by `npm run test:gpu` alone: they need PyTorch, which no test machine has to install.
 */
const shared = {
  exclude: ['node_modules/**', '.tributary/**', 'dist/**', '**/fixtures/**'],
  pool: 'forks' as const,
  env: { NODE_NO_WARNINGS: '1' },
}

const gpu = {
  test: {
    ...shared,
    name: 'gpu',
    include: ['test/system/**/*.gpu-test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
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
      ...(process.env['TRIBUTARY_TEST_GPU'] === '1' ? [gpu] : []),
    ],
    maxWorkers: 2,
  },
})
