import { ofMemory } from "./memory.mjs";
import { ofProcess } from "./process.mjs";
import { ofRedis } from "./redis.mjs";

/**
 * The planted faults: each the text of one file, found exactly once, and what it becomes; with the tests that should
 * catch it, the likeliest first.
 */
export const mutants = [...ofMemory, ...ofRedis, ...ofProcess];
