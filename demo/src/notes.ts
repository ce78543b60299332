/** What a video line carries. */
export type Picture = "camera" | "screen" | "off";

/** What the pages tell each other, peer to peer: a chat message, or what of their media is on. */
export type Note =
  | { readonly kind: "say"; readonly text: string }
  | { readonly kind: "media"; readonly microphone: boolean; readonly picture: Picture };

/** The data channel to one peer. */
export interface NoteChannel {
  /** Whether it could be sent: not before the channel is open, nor after. */
  send(note: Note): boolean;
}

/** Opens the data channel `chat`. Both sides do, with the same id, so neither waits for the other to announce it. */
export function openNotes(
  connection: RTCPeerConnection,
  opened: () => void,
  hear: (note: Note) => void,
): NoteChannel {
  const channel = connection.createDataChannel("chat", { negotiated: true, id: 0 });
  channel.addEventListener("open", opened);
  channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    const note = typeof data === "string" ? readNote(data) : undefined;
    if (note !== undefined) hear(note);
  });
  return {
    send(note) {
      if (channel.readyState !== "open") return false;
      channel.send(JSON.stringify(note));
      return true;
    },
  };
}

/** What a peer sent, when it is a note: it may be another program, or of another version. */
function readNote(data: string): Note | undefined {
  try {
    const { kind, text, microphone, picture }: Record<string, unknown> = JSON.parse(data);
    if (kind === "say" && typeof text === "string") return { kind, text: text.slice(0, mostCharacters) };
    if (kind === "media" && typeof microphone === "boolean" && isPicture(picture)) {
      return { kind, microphone, picture };
    }
  } catch {
    // Not JSON, or null.
  }
  return undefined;
}

function isPicture(value: unknown): value is Picture {
  return value === "camera" || value === "screen" || value === "off";
}

/** As much as the input takes. */
const mostCharacters = 2000;
