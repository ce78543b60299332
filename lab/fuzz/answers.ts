/** One answer among those that came on a connection. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined where it did not come, as to HEAD. */
  readonly body: string | undefined;
}

/** Reads the answers that came on a connection, one after the other, up to an upgrade. */
export function readAnswers(got: Buffer, headOnly: boolean): HttpAnswer[] {
  const answers: HttpAnswer[] = [];
  let at = 0;
  while (at < got.length) {
    const end = got.indexOf("\r\n\r\n", at);
    const [line = "", ...lines] = got.toString("latin1", at, end < 0 ? got.length : end).split("\r\n");
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(line)?.[1]);
    if (end < 0 || Number.isNaN(status)) {
      // What is no HTTP is told as a status that nobody knows.
      answers.push({ status: 0, headers: new Headers(), body: line });
      return answers;
    }
    const headers = new Headers();
    for (const header of lines) {
      const colon = header.indexOf(":");
      headers.append(header.slice(0, colon), header.slice(colon + 1).trim());
    }
    const length = Number(headers.get("content-length") ?? 0);
    const start = end + 4;
    // What was sent as HEAD, and damaged, may have been answered with bodies after all, or only some of it.
    const isHead =
      headOnly && (start === got.length || got.toString("latin1", start, start + 9) === "HTTP/1.1 ");
    const isThere = !isHead && got.length >= start + length;
    const body = isThere ? got.toString("utf8", start, start + length) : undefined;
    answers.push({ status, headers, body });
    if (status === 101) return answers;
    at = start + (isHead ? 0 : length);
  }
  return answers;
}
