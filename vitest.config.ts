import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{src,standin,test,web,bench,scripts}/**/*.test.ts'],
    environment: 'node',
    globalSetup: ['test/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Long, for a machine may be busy: how fast things are is what bench/ tells.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    // Stories start dozens of processes on machines that others use too: one more try tells a fault from a stall.
    retry: process.env['CI'] === undefined ? 0 : 1,
    coverage: { provider: 'v8', include: ['{src,web,standin}/**/*.{ts,tsx}'], reporter: ['text', 'html'] },
  },
});
