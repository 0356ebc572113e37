// Scans without leaving the page, so that nothing typed by a barcode reader is lost while it
// loads. The server's page stays the only source of what is shown; without this file the form
// does the same by itself, one page for each scan.
"use strict";
const form = document.querySelector("form.scan");
const field = form.elements.barcode;
const parts = ["answer", "lists"];
let earlier = Promise.resolve();

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(form));
  field.value = "";
  field.focus();
  if (fields.get("barcode").trim()) earlier = earlier.then(() => send(fields));
});

async function send(fields) {
  try {
    const answer = await fetch(location.href, { method: "POST", body: fields });
    if (answer.redirected) return location.assign(answer.url);
    if (answer.status === 403) return askAgain(fields);
    if (!answer.ok) throw new Error(String(answer.status));
    show(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    const failure = document.getElementById("failure").content.cloneNode(true);
    failure.querySelector(".what").textContent = fields.get("barcode");
    document.getElementById("answer").replaceChildren(failure);
  }
}

// The session has ended: the browser itself sends the form, and shows who is asked for what.
function askAgain(fields) {
  field.value = fields.get("barcode");
  form.submit();
}

function show(page) {
  document.title = page.title;
  for (const id of parts) {
    document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
  }
}
