import assert from "node:assert/strict";
import test from "node:test";
import { startChromium } from "../../lab/wire/chromium.ts";
import { serve } from "../../lab/wire/serve.ts";
import { Tab } from "../../lab/wire/tab.ts";

test("browser › three tabs see each other, one leaves and another comes, and a fourth is told kindly", async (t) => {
  const { url } = await serve(t, { demo: true, seatCount: 3 });
  const browser = await startChromium(t);
  const call = `${url}/?call=tea`;
  const open = (): Promise<Tab> => Tab.open(browser, call);
  const [one, two, three] = await Promise.all([open(), open(), open()]);
  await Promise.all([one, two, three].map((tab) => tab.untilSeeing(2)));

  const four = await open();
  await four.untilState("full");
  assert.match(await four.look(), /This call is full[^]*Try again/);
  assert.deepEqual(four.joins, [409]);

  await three.page.getByRole("button", { name: "Hang up" }).click();
  await three.untilState("left");
  await Promise.all([one, two].map((tab) => tab.untilSeeing(1)));
  await four.page.getByRole("button", { name: "Try again" }).click();
  await Promise.all([one, two, four].map((tab) => tab.untilSeeing(2)));

  // The browser itself says so where a request is refused; nothing else complains.
  for (const tab of [one, two, three]) assert.deepEqual(tab.complaints, []);
  assert.deepEqual(
    four.complaints.filter((complaint) => !complaint.includes("409")),
    [],
  );
});

test("browser › a tab that is closed without a word is noticed, and its seat is another's", async (t) => {
  const { url } = await serve(t, {
    demo: true,
    seatTimeoutMs: 6000,
    wsReadTimeoutMs: 4000,
    wsPingIntervalMs: 1000,
  });
  const browser = await startChromium(t);
  const call = `${url}/?call=tea`;
  const one = await Tab.open(browser, call);
  const two = await Tab.open(browser, call);
  await Promise.all([one.untilSeeing(1), two.untilSeeing(1)]);
  await two.close();
  await one.untilState("waiting");
  const three = await Tab.open(browser, call);
  // Its lease has a while to go: nobody knows yet that it does not come back.
  await three.untilJoined();
  await Promise.all([one.untilSeeing(1), three.untilSeeing(1)]);
});
