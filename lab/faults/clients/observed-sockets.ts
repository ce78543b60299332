/** Who is told of the websockets that the SDK opens for a call. */
export interface SocketWatcher {
  readonly began: (session: string) => void;
  readonly welcomed: (session: string, socket: number, askedAt: number) => void;
  readonly ended: (session: string, socket: number, code: number, reason: string) => void;
}

const watchers = new Map<string, SocketWatcher>();
const Plain = globalThis.WebSocket;
let sockets = 1_000_000;

/** Tells of each websocket on this call; the SDK says nothing of closes. One client of the SDK for each call. */
export function watchSockets(call: string, watcher: SocketWatcher): void {
  watchers.set(call, watcher);
  globalThis.WebSocket = ObservedSocket;
}

/** The platform's websocket, which tells what its handshake was and how it ended. */
class ObservedSocket extends Plain {
  readonly #askedAt = performance.now();
  readonly #number = (sockets += 1);

  override send(data: string): void {
    super.send(data);
    const { call, session }: { call: string; session: string } = JSON.parse(data);
    const watcher = watchers.get(call);
    watcher?.began(session);
    this.addEventListener("message", () => watcher?.welcomed(session, this.#number, this.#askedAt), {
      once: true,
    });
    this.addEventListener("close", ({ code, reason }) => watcher?.ended(session, this.#number, code, reason));
  }
}
