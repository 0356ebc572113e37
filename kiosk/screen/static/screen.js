// Keeps the page true to the kiosk: puts in each new <main> and the buttons, plays sounds and speech,
// lets a number pad do what a finger does, and says by itself that the machine is out of service
// when the kiosk is not heard of.
"use strict";

(() => {
  const SILENCE = 15000; // ms without a sign of life (the kiosk beats every 5 s)
  const RETRY = 1000; // ms between attempts to reach it again
  const page = document.documentElement;
  const away = document.getElementById("away");
  const say = document.getElementById("say");
  const footer = document.querySelector("footer");
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
    const asked = main.querySelector('[data-row*=":checking"]'); // the buttons are about this one
    if (asked) asked.scrollIntoView({ block: "nearest" });
  }

  function show(news) {
    if (news.version !== page.dataset.version) {
      location.reload();
      return;
    }
    replaceMain(news.main);
    replaceControls(news.controls);
    page.lang = say.lang = news.language;
    page.dir = say.dir = news.direction;
    page.dataset.aids = news.aids;
    setAway(false);
    if (news.say) say.textContent = news.say;
    if (news.say || !news.aids.includes("speech")) speak(news);
  }

  // The buttons of another language or question; whoever was on one of them still is.
  let controls = null;
  function replaceControls(html) {
    if (html === controls) return;
    const at = document.activeElement;
    const place = at && at.form && footer.contains(at) ? [at.name, at.value] : null;
    footer.innerHTML = controls = html;
    if (!place) return;
    const [name, value] = place.map((it) => CSS.escape(it));
    const same = footer.querySelector(`button[name="${name}"][value="${value}"]`);
    if (same) same.focus({ preventScroll: true });
  }

  function setAway(gone) {
    if (gone && away.hidden) {
      say.lang = away.querySelector("[lang]").lang;
      say.textContent = away.querySelector("h1").textContent;
    }
    away.hidden = !gone;
    screenNow().hidden = gone;
    footer.hidden = gone;
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
    ask: [[440, 440, 0, 0.14], [660, 740, 0.18, 0.24]],
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

  // Speech: the kiosk makes the sound; where it cannot, the browser's own voice says it.
  let voice = null;
  async function speak(news) {
    if (voice) voice.stop();
    voice = null;
    if (window.speechSynthesis) speechSynthesis.cancel();
    const name = (page.dataset.speech = news.speech);
    if (!name) return;
    audio = audio || new AudioContext();
    audio.resume();
    try {
      const answer = await fetch(`/speech/${name}.wav`);
      if (!answer.ok) throw new Error(answer.statusText);
      const sound = await audio.decodeAudioData(await answer.arrayBuffer());
      if (page.dataset.speech !== name) return; // something newer is being said
      voice = audio.createBufferSource();
      voice.buffer = sound;
      voice.connect(audio.destination);
      voice.start(Math.max(audio.currentTime, free));
      page.dataset.spoken = `kiosk ${name}`;
    } catch {
      if (!window.speechSynthesis || page.dataset.speech !== name) return;
      const utterance = new SpeechSynthesisUtterance(news.say);
      utterance.lang = news.language;
      speechSynthesis.speak(utterance);
      page.dataset.spoken = `browser ${name}`;
    }
  }

  function post(path, fields) {
    fetch(path, { method: "POST", body: new URLSearchParams(fields) }).catch(lost);
  }

  footer.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    const action = form.getAttribute("action");
    if (action === "/barcode") give(form.elements.barcode);
    else post(action, { [event.submitter.name]: event.submitter.value });
  });

  function give(field) {
    post("/barcode", { barcode: field.value });
    field.value = "";
  }

  // A scanner types a barcode faster than any hand, and ends it with Enter.
  const HAND = 100; // ms: no hand is quicker from one key to the next
  let typed = "";
  let typedAt = -Infinity;
  let pressing;

  function scanned({ key, timeStamp }) {
    const quick = timeStamp - typedAt < HAND;
    if (quick) clearTimeout(pressing);
    if (key === "Enter" && quick && typed.length > 4) {
      post("/barcode", { barcode: typed });
      typed = "";
      return true;
    }
    typed = key.length === 1 ? (quick ? typed : "") + key : "";
    typedAt = timeStamp;
    return false;
  }

  // Whoever touches anything is still there.
  let touched = -Infinity;
  function touch() {
    if (performance.now() - touched < 1000) return;
    touched = performance.now();
    post("/touch", {});
  }
  document.addEventListener("pointerdown", touch);

  // A number pad: what each key does is in docs/technicians.md.
  const ALONG = { ArrowRight: 1, ArrowLeft: -1 };
  const ACROSS = { ArrowDown: 1, ArrowUp: -1, "+": 1 };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input")) return;
    touch();
    if (scanned(event)) {
      event.preventDefault();
      return;
    }
    const named = footer.querySelector(`button[data-key="${CSS.escape(event.key)}"]`);
    if (named && !event.repeat) pressing = setTimeout(() => named.click(), HAND);
    else if (event.key in ALONG) move(ALONG[event.key] * (page.dir === "rtl" ? -1 : 1));
    else if (event.key in ACROSS) scroll(ACROSS[event.key]);
    else return;
    event.preventDefault();
  });

  function move(steps) {
    const all = [...footer.querySelectorAll("button")];
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    const to = at < 0 ? (steps > 0 ? 0 : all.length - 1) : at + steps;
    all[(to + all.length) % all.length].focus();
  }

  function scroll(way) {
    const rows = screenNow().querySelector(".rows");
    if (rows) rows.scrollBy({ top: (way * rows.clientHeight) / 2 });
  }

  connect();
})();
