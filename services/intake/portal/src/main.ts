/** The reporter's page begins here. */

import { PublicApi } from "./core/public-api.ts";
import { KeyRing } from "./core/trusted-keys.ts";
import { Frame, speak } from "./page/frame.ts";
import { language, preferred } from "./page/language.ts";
import { startScreen } from "./page/start.ts";

const fingerprint = document.querySelector<HTMLMetaElement>('meta[name="wbs-fingerprint"]')?.content ?? "";
const api = new PublicApi({
  fetch: (...asked) => fetch(...asked),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  now: () => performance.now(),
  language,
  isWaiting: (away) => frame.isAway(away),
});
const frame = new Frame(api, new KeyRing(api, fingerprint), fingerprint);

speak(preferred(navigator.languages));
frame.showOnly(startScreen(frame));
// A page that the browser kept for "back" would bring back what was forgotten.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
