// Scans without leaving the page, so that nothing typed by a barcode reader is lost while it
// loads, with a sound for each. The server's page stays the only source of what is shown; without
// this file the forms do the same by themselves, one page for each scan.
"use strict";
const form = document.querySelector("form.scan");
const field = form.elements.barcode;
const parts = form.dataset.parts.split(" ");
const log = document.getElementById(form.dataset.keep);
let earlier = Promise.resolve();
let number = 0;

document.addEventListener("submit", (event) => {
  const sent = event.target;
  if (sent !== form && !sent.matches("[data-scan]")) return;
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(sent, event.submitter));
  if (sent === form) field.value = "";
  field.focus();
  if (fields.get("barcode").trim()) earlier = earlier.then(() => send(sent.action, fields));
});

async function send(action, fields) {
  // Scans that wait in a row are forms of their own, and belong to whoever's account is open then.
  number += 1;
  if (fields.has("key")) fields.set("key", `${fields.get("key")}.${number}`);
  if (fields.has("reader")) fields.set("reader", form.elements.reader.value);
  try {
    const answer = await fetch(action, { method: "POST", body: fields });
    if (answer.redirected) return location.assign(answer.url);
    if (answer.status === 403) return askAgain(action, fields);
    if (!answer.ok) throw new Error(String(answer.status));
    show(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    const failure = document.getElementById("failure").content.cloneNode(true);
    failure.querySelector(".what").textContent = fields.get("barcode");
    document.getElementById("answer").replaceChildren(failure);
  }
  sound(document.querySelector("#answer [data-tone]")?.dataset.tone);
}

// The session has ended: the browser itself sends the form, and shows who is asked for what.
function askAgain(action, fields) {
  const copy = Object.assign(document.createElement("form"), { method: "post", action, hidden: true });
  for (const [name, value] of fields) {
    copy.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(copy);
  copy.submit();
}

function show(page) {
  remember();
  document.title = page.title;
  for (const id of [...parts, "carried"]) {
    const fresh = page.getElementById(id);
    if (fresh) document.getElementById(id)?.replaceChildren(...fresh.childNodes);
  }
}

// The scans before, in a line each: what somebody asks who looked away for a moment.
function remember() {
  const told = document.querySelector("#answer .told");
  if (!log || !told) return;
  const line = document.createElement("li");
  const said = [".sign", ".what", ".head"].map((part) => told.querySelector(part)?.textContent);
  line.textContent = said.filter(Boolean).join("  ");
  log.prepend(line);
  log.closest("section").hidden = false;
  while (log.children.length > 12) log.lastChild.remove();
}

// One rising note: done. Two: done, with a way to go. One low note: look here.
const notes = { right: [[660, 0], [880, 0.09]], onward: [[660, 0], [660, 0.16]], wrong: [[196, 0]] };
let speaker = null;

function sound(tone) {
  const silent = document.querySelector("[data-silent]")?.dataset.silent !== "False";
  if (silent || !notes[tone] || !window.AudioContext) return;
  speaker ??= new AudioContext();
  for (const [pitch, after] of notes[tone]) {
    const voice = speaker.createOscillator();
    const loudness = speaker.createGain();
    const begin = speaker.currentTime + after;
    const length = tone === "wrong" ? 0.35 : 0.12;
    voice.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.0001, begin);
    loudness.gain.exponentialRampToValueAtTime(0.2, begin + 0.01);
    loudness.gain.exponentialRampToValueAtTime(0.0001, begin + length);
    voice.connect(loudness).connect(speaker.destination);
    voice.start(begin);
    voice.stop(begin + length);
  }
}
sound(document.querySelector("#answer [data-tone]")?.dataset.tone);
