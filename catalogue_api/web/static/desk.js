// What every page of the desk does with a script. Without it all pages work, by loading anew.
"use strict";

// A page that says what is new: when the server tells that it would look different, it is fetched
// again and its regions are put in place. Nothing that somebody is typing into is touched.
const main = document.querySelector("main");
const live = document.querySelector("[data-live]");
let stream = null;

function listen() {
  if (stream || document.hidden) return; // a hidden page keeps no connection
  const region = document.querySelector("[data-live]");
  stream = new EventSource(`${region.dataset.live}&seen=${region.dataset.seen}`);
  stream.addEventListener("changed", lookAgain);
  stream.addEventListener("error", () => {
    if (stream?.readyState !== EventSource.CLOSED) return; // the browser comes back by itself
    hush();
    setTimeout(comeBack, 10_000);
  });
}

// Something else answered in the place of the catalogue, while that was started anew.
async function comeBack() {
  if (stream || document.hidden || lock?.open) return;
  const headers = { "Ritournelle-Unattended": "1" };
  const answer = await fetch(location.href, { headers }).catch(() => null);
  if (answer?.redirected) return; // nobody is signed in any more
  if (answer?.ok) listen();
  else setTimeout(comeBack, 10_000);
}

function hush() {
  stream?.close();
  stream = null;
}

async function lookAgain() {
  main.toggleAttribute("data-waiting", typing());
  if (typing()) return;
  const headers = { "Ritournelle-Unattended": "1" };
  const answer = await fetch(location.href, { headers }).catch(() => null);
  if (!answer) return; // the stream comes back when the catalogue does, and tells again
  if (!answer.ok || answer.redirected) return hush();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!typing()) put(page, "[data-region]:not(#said)"); // what was said of a deed stays
}

function typing() {
  const field = document.activeElement;
  if (!field?.closest("[data-region]") || !field.matches("input, textarea, select")) return false;
  return field.type !== "hidden" && field.value !== field.defaultValue;
}

function put(page, regions = "[data-region]") {
  const place = placeOf(document.activeElement);
  for (const region of document.querySelectorAll(regions)) {
    const fresh = page.getElementById(region.id);
    if (!fresh) continue;
    for (const { name, value } of fresh.attributes) region.setAttribute(name, value);
    if (fresh.innerHTML === region.innerHTML) continue;
    const open = new Map([...region.querySelectorAll("details[id]")].map((one) => [one.id, one.open]));
    region.replaceChildren(...fresh.childNodes);
    for (const one of region.querySelectorAll("details[id]")) one.open = open.get(one.id) ?? one.open;
  }
  comeBackTo(place);
  document.dispatchEvent(new CustomEvent("desk:changed"));
}

// Where the keyboard is: what is focused, the how manieth of its section, and that section.
const reachable = "a[href], button, input:not([type=hidden]), select, textarea, summary";

function placeOf(element) {
  const section = element?.closest("section[id]");
  if (!element?.closest("[data-region]")) return null;
  const index = section ? [...section.querySelectorAll(reachable)].indexOf(element) : -1;
  return { id: element.id, section: section?.id, index };
}

function comeBackTo(place) {
  if (!place || document.activeElement?.closest("[data-region]")) return;
  const section = place.section && document.getElementById(place.section);
  const same = place.id && document.getElementById(place.id);
  const next = section && [...section.querySelectorAll(reachable)];
  (same || next?.[Math.min(place.index, next.length - 1)] || section?.querySelector("h2") || main).focus();
}

// Forms that are one button are sent without leaving the page: the keyboard stays where it was.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-stay]")) return;
  event.preventDefault();
  if (form.dataset.sent) return;
  form.dataset.sent = "1";
  const fields = new URLSearchParams(new FormData(form, event.submitter));
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields });
    if (answer.status === 403 || answer.url.includes("/desk/sign-in")) return form.submit();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok) return put(page);
    document.getElementById("said").replaceChildren(...page.querySelector("main").childNodes);
  } catch {
    const said = document.getElementById("no-answer").content.cloneNode(true);
    document.getElementById("said").replaceChildren(said);
  }
  delete form.dataset.sent;
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

if (live) {
  listen();
  document.addEventListener("visibilitychange", () => (document.hidden ? hush() : listen()));
  document.addEventListener("focusout", () => {
    if (main.matches("[data-waiting]")) setTimeout(lookAgain);
  });
  addEventListener("pagehide", hush);
  addEventListener("pageshow", listen);
}

// The lock: nobody used this page for so long. What is typed in it stays where it is.
const lock = document.getElementById("lock");
const patience = Number(document.body.dataset.lock) * 1000;
let used = Date.now();

function close() {
  if (!lock || lock.open) return;
  hush();
  document.body.classList.add("locked");
  lock.showModal();
}

if (lock) {
  for (const sign of ["keydown", "pointerdown"]) {
    document.addEventListener(sign, () => { if (!lock.open) used = Date.now(); }, { capture: true });
  }
  setInterval(() => { if (Date.now() - used >= patience) close(); }, Math.min(patience, 5000));
  lock.addEventListener("cancel", (event) => event.preventDefault());
  lock.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const fields = new URLSearchParams(new FormData(form));
    form.elements.password.value = "";
    const answer = await fetch(form.action, { method: "POST", body: fields }).catch(() => null);
    if (answer?.ok && !answer.url.includes("/desk/sign-in")) {
      lock.close();
      document.body.classList.remove("locked");
      used = Date.now();
      if (live) listen();
      return;
    }
    const said = answer && new DOMParser().parseFromString(await answer.text(), "text/html");
    form.querySelector(".wrong-note").textContent =
      said?.getElementById("told")?.textContent.replace("✕", "").trim() ?? "…";
  });
}

// Keys that are no characters: an element names its own with aria-keyshortcuts.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || lock?.open) return;
  if (!/^(F\d+)$/.test(event.key)) return;
  const target = document.querySelector(`[aria-keyshortcuts="${event.key}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input, textarea")) target.select?.(), target.focus();
  else target.click();
});

// Sent once: a second click on the same form does nothing while the first is under way.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
  addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
});

// On a narrow screen the areas fold into a menu; a wide one always shows them.
const menu = document.querySelector(".menu");
const narrow = matchMedia("(max-width: 40rem)");

function fold() {
  if (menu) menu.open = !narrow.matches;
}

narrow.addEventListener("change", fold);
fold();
