// Keeps the page true to the kiosk: puts in each new <main>, plays the sounds, and says by itself
// that the machine is out of service when the kiosk is not heard of.
"use strict";

(() => {
  const SILENCE = 15000; // ms without a sign of life (the kiosk beats every 5 s)
  const RETRY = 1000; // ms between attempts to reach it again
  const page = document.documentElement;
  const away = document.getElementById("away");
  const say = document.getElementById("say");
  const buttons = document.querySelectorAll("#languages button");
  let source, silence, retry, audio;
  let first = true;

  const screenNow = () => document.querySelector("main:not(#away)");
  const rowsOf = (main) => [...main.querySelectorAll("[data-row]")];

  function replaceMain(html) {
    const old = screenNow();
    const template = document.createElement("template");
    template.innerHTML = html;
    const main = template.content.querySelector("main");
    const known = new Set((first ? [] : rowsOf(old)).map((row) => row.dataset.row));
    const fresh = rowsOf(main).filter((row) => !known.has(row.dataset.row));
    first = false;
    fresh.forEach((row) => row.classList.add("fresh"));
    const oldRows = old.querySelector(".rows");
    const atTheEnd = main.dataset.state === "summary"; // there, what is left to do comes first
    const top = oldRows && !atTheEnd ? oldRows.scrollTop : 0;
    const hadFocus = oldRows !== null && document.activeElement === oldRows;
    old.replaceWith(main);
    const rows = main.querySelector(".rows");
    if (!rows) return;
    rows.scrollTo({ top, behavior: "instant" });
    if (hadFocus) rows.focus({ preventScroll: true });
    if (fresh.length && !atTheEnd) fresh[fresh.length - 1].scrollIntoView({ block: "nearest" });
  }

  function show(news) {
    if (news.version !== page.dataset.version) {
      location.reload();
      return;
    }
    replaceMain(news.main);
    page.lang = say.lang = news.language;
    buttons.forEach((it) => it.setAttribute("aria-pressed", String(it.value === news.language)));
    setAway(false);
    if (news.say) say.textContent = news.say;
  }

  function setAway(gone) {
    if (gone && away.hidden) {
      say.lang = away.querySelector("[lang]").lang;
      say.textContent = away.querySelector("h1").textContent;
    }
    away.hidden = !gone;
    screenNow().hidden = gone;
    document.querySelector("footer").hidden = gone;
  }

  function alive() {
    clearTimeout(silence);
    silence = setTimeout(lost, SILENCE);
  }

  function lost() {
    clearTimeout(silence);
    clearTimeout(retry);
    source.close();
    setAway(true);
    retry = setTimeout(connect, RETRY);
  }

  function connect() {
    source = new EventSource("/events");
    source.addEventListener("screen", (event) => { alive(); show(JSON.parse(event.data)); });
    source.addEventListener("sound", (event) => { alive(); play(event.data); });
    source.addEventListener("beat", alive);
    source.onerror = lost;
    alive();
  }

  // Each sound: notes of [start and end frequency in Hz, beginning and length in s].
  const SOUNDS = {
    done: [[523, 784, 0, 0.32]],
    again: [[587, 587, 0, 0.16], [587, 587, 0.24, 0.16]],
    back: [[175, 165, 0, 0.5]],
  };
  let free = 0; // when the sound before has ended

  function play(name) {
    audio = audio || new AudioContext();
    audio.resume();
    const start = Math.max(audio.currentTime, free);
    for (const [from, to, after, length] of SOUNDS[name]) {
      const note = audio.createOscillator();
      const volume = audio.createGain();
      const [begin, end] = [start + after, start + after + length];
      note.type = "triangle";
      note.frequency.setValueAtTime(from, begin);
      note.frequency.exponentialRampToValueAtTime(to, end);
      volume.gain.setValueAtTime(0, begin);
      volume.gain.linearRampToValueAtTime(0.6, begin + 0.02);
      volume.gain.linearRampToValueAtTime(0, end);
      note.connect(volume).connect(audio.destination);
      note.start(begin);
      note.stop(end);
      free = end + 0.08;
    }
    page.dataset.lastSound = name;
  }

  document.getElementById("languages").addEventListener("submit", (event) => {
    event.preventDefault();
    const body = new URLSearchParams({ language: event.submitter.value });
    fetch("/language", { method: "POST", body }).catch(lost);
  });

  connect();
})();
