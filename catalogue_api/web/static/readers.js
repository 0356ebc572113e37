// Lends and gives back without leaving the page, so that nothing typed by a barcode reader is lost
// while it loads. The server's page stays the only source of what is shown; without this file the
// form does the same by itself, one page for each scan.
"use strict";
const form = document.querySelector("form.scan");
const field = form.elements.barcode;
const parts = ["answer", "state", "lists"];
let earlier = Promise.resolve();

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const barcode = field.value.trim();
  const act = event.submitter?.value ?? "lend";
  field.value = "";
  field.focus();
  if (barcode) earlier = earlier.then(() => send(barcode, act));
});

async function send(barcode, act) {
  const fields = new URLSearchParams(new FormData(form));
  fields.set("barcode", barcode);
  fields.set("act", act);
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields });
    if (answer.redirected) return location.assign(answer.url);
    if (answer.status === 403) return askAgain(barcode, act);
    if (!answer.ok) throw new Error(String(answer.status));
    show(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    const failure = document.getElementById("failure").content.cloneNode(true);
    failure.querySelector(".what").textContent = barcode;
    document.getElementById("answer").replaceChildren(failure);
  }
}

// The session has ended: the browser itself sends the form, and shows who is asked for what.
function askAgain(barcode, act) {
  field.value = barcode;
  const said = Object.assign(document.createElement("input"), { type: "hidden", name: "act", value: act });
  form.append(said);
  form.submit();
}

function show(page) {
  document.title = page.title;
  for (const id of parts) {
    document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
  }
  // Each scan is a form of its own: the same barcode scanned again is meant again.
  form.elements.key.value = page.querySelector("form.scan").elements.key.value;
}
