/**
 * The backend's time as this process knows it: the last reply's time plus what has passed here since.
 * A lower bound, since the reply was on its way for a while; so a late renewal never holds a dead
 * seat for longer. All in milliseconds.
 */
export class BackendTime {
  #offset: number | undefined;

  /** Takes the time a reply carried, at the monotonic time it arrived. */
  note(backendNow: number, monotonic: number): void {
    this.#offset = backendNow - monotonic;
  }

  /** The backend's time at a monotonic time; 0, which proves nothing, before any reply. */
  at(monotonic: number): number {
    return this.#offset === undefined ? 0 : Math.floor(monotonic + this.#offset);
  }
}
