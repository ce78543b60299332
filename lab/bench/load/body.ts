/** A body of so many bytes that looks like a session description: line ends in it are escaped in JSON, as in real ones. */
export function bodyOf(bytes: number): string {
  return line.repeat(Math.ceil(bytes / line.length)).slice(0, bytes);
}

const line = "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n";
