export { type MemoryBackend, memoryBackend } from "./backends/memory/memory-backend.ts";
