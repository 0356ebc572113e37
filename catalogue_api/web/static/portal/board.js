// The screen of a room: looks again every ten seconds, and shows what is new.
"use strict";
const TEN_SECONDS = 10000;

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { "Ritournelle-Unattended": "1" }, cache: "no-store" });
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = document.getElementById("content");
      const next = page.getElementById("content");
      if (next && now.innerHTML !== next.innerHTML) now.replaceChildren(...next.childNodes);
    }
  } catch {
    // The network is away: what stands there stays until it is back.
  }
  setTimeout(look, TEN_SECONDS);
}
setTimeout(look, TEN_SECONDS);
