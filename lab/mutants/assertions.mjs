// A reporter: one line for each test that failed, and whether an assertion did it.
export default async function* report(events) {
  for await (const { type, data } of events) {
    if (type !== "test:fail" || data.details.type === "suite") continue;
    const { error } = data.details;
    yield `${isAssertion(error) ? "assertion" : "failed otherwise"}: ${data.name}\n`;
    if (!isAssertion(error)) yield `${String(error?.cause ?? error)}\n`;
  }
}

/** The model and fast-check wrap the assertion that failed. */
function isAssertion(error) {
  for (let cause = error; cause !== undefined && cause !== null; cause = cause.cause)
    if (cause.code === "ERR_ASSERTION") return true;
  return false;
}
