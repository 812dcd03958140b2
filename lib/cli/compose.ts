import { availableParallelism } from 'node:os';
import { readEnvironment } from '../config/environment.js';
import type { Clock } from '../model/clock.js';
import type { Context, Host } from './context.js';
import { openOutput } from './output.js';

/** Filled in by the bundler (scripts/build.mjs). */
const version = process.env['SAGE_BUILD_VERSION'] ?? 'development';

/** The real clock. `monotonic` stands still while the machine sleeps (CLOCK_MONOTONIC). */
const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** The real outside. */
export function createContext(host: Host): Context {
  const environment = readEnvironment();
  return {
    ...host,
    environment,
    cwd: process.cwd(),
    stdout: openOutput(process.stdout, environment),
    stderr: openOutput(process.stderr, environment),
    clock,
    cpuCount: availableParallelism(),
    version,
  };
}
