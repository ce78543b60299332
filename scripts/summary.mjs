export default async function* (source) {
  let p = 0,
    f = 0,
    s = 0,
    t = 0;
  for await (const e of source) {
    if ((e.type === "test:pass" || e.type === "test:fail") && e.data.details?.type !== "suite") {
      if (e.data.skip !== undefined) s++;
      else if (e.data.todo !== undefined) t++;
      else if (e.type === "test:pass") p++;
      else f++;
    }
  }
  if (p + f === 0) process.exitCode = 1;
  yield `${p} passed, ${f} failed, ${s} skipped\n`;
}
