import { memoryBackend } from "../../packages/server/src/backends/memory/memory-backend.ts";
import type { Backend } from "../../packages/server/src/calls/ports/backend.ts";

/** A backend whose replies wait until a test lets them go. The decision is taken when it is asked. */
export interface HeldBackend {
  readonly backend: Backend;
  /** Resolves when the next command of this name has been decided; its reply waits for `release`. */
  hold(command: Command): Promise<void>;
  /** Lets go every reply that waits. */
  release(): void;
  /** Resolves with the word of the next reply to this command. */
  replied(command: Command): Promise<string>;
}

type Command = "join" | "publish" | "leave" | "attach" | "renew" | "resync";

export interface HeldBackendOptions {
  /** Whether seats are said to outlive the process, so that a drain takes its time. */
  readonly outlivesProcess?: boolean;
  readonly memory?: Backend;
}

export function heldBackend(options: HeldBackendOptions = {}): HeldBackend {
  const { outlivesProcess = false, memory = memoryBackend() } = options;
  const holds = new Map<Command, () => void>();
  const listeners = new Map<Command, (word: string) => void>();
  const gate = new Set<() => void>();

  async function through<Reply extends { readonly word: string }>(
    command: Command,
    asked: Promise<Reply>,
  ): Promise<Reply> {
    const reply = await asked;
    const held = holds.get(command);
    if (held !== undefined) {
      holds.delete(command);
      held();
      await new Promise<void>((resolve) => gate.add(resolve));
    }
    listeners.get(command)?.(reply.word);
    return reply;
  }

  const backend: Backend = {
    outlivesProcess,
    join: (...args) => through("join", memory.join(...args)),
    publish: (...args) => through("publish", memory.publish(...args)),
    attach: (...args) => through("attach", memory.attach(...args)),
    renew: (...args) => through("renew", memory.renew(...args)),
    holds: (...args) => memory.holds(...args),
    leave: (...args) => through("leave", memory.leave(...args)),
    release: (...args) => {
      memory.release(...args);
      listeners.get("leave")?.("ok");
    },
    resync: (...args) => through("resync", memory.resync(...args)),
    open: (listener) => memory.open(listener),
    reachable: () => memory.reachable(),
    close: () => memory.close(),
  };

  return {
    backend,
    hold: (command) => new Promise((resolve) => holds.set(command, resolve)),
    release() {
      for (const go of gate) go();
      gate.clear();
    },
    replied: (command) => new Promise((resolve) => listeners.set(command, resolve)),
  };
}
