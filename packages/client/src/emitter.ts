type Listeners<Events> = { [Name in keyof Events]?: Set<(event: Events[Name]) => void> };

/** Listeners by the kind of event, and nothing else. */
export class Emitter<Events> {
  readonly #listeners: Listeners<Events> = {};

  /** Hears an event until the function it answers is called. */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
    const listeners = (this.#listeners[name] ??= new Set());
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** Tells whoever listens, and answers whether anybody did. */
  protected emit<Name extends keyof Events>(name: Name, event: Events[Name]): boolean {
    let isHeard = false;
    for (const listener of this.#listeners[name] ?? []) {
      isHeard = true;
      try {
        listener(event);
      } catch (error) {
        // It is told as any uncaught error is, and stops nothing here.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
    return isHeard;
  }
}
