// What somebody may be about to type, under the search box: a list that arrows go through.
// Without it the box is a plain form.
"use strict";
(() => {
  const box = document.getElementById("q");
  if (!box) return;
  const list = document.createElement("ul");
  list.id = "suggestions";
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.labels[0]?.textContent ?? "");
  list.hidden = true;
  box.after(list);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");
  let waits = 0;
  let asked = null;
  let chosen = -1;

  const close = () => {
    list.hidden = true;
    chosen = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };
  const take = (line) => {
    box.value = line.dataset.q;
    close();
    box.form.requestSubmit();
  };
  const mark = (place) => {
    const lines = [...list.children];
    chosen = (place + lines.length) % lines.length;
    lines.forEach((line, at) => line.setAttribute("aria-selected", String(at === chosen)));
    box.setAttribute("aria-activedescendant", lines[chosen].id);
  };
  const show = (found) => {
    const lines = [...found.titles.slice(0, 5), ...found.authors.slice(0, 3)];
    list.replaceChildren(...lines.map((one, at) => {
      const line = document.createElement("li");
      line.id = `suggestion-${at}`;
      line.setAttribute("role", "option");
      line.setAttribute("aria-selected", "false");
      line.dataset.q = one.q;
      line.textContent = one.text;
      return line;
    }));
    chosen = -1;
    list.hidden = lines.length === 0;
    box.setAttribute("aria-expanded", String(lines.length > 0));
  };
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    const said = box.value.trim();
    if (said.length < 2) return close();
    try {
      const address = `/v1/suggestions?limit=5&q=${encodeURIComponent(said.slice(0, 200))}`;
      const answer = await fetch(address, {signal: asked.signal});
      if (answer.ok && document.activeElement === box) show(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };
  box.addEventListener("input", () => {
    clearTimeout(waits);
    waits = setTimeout(ask, 150);
  });
  box.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") mark(chosen + 1);
    else if (event.key === "ArrowUp") mark(chosen < 0 ? -1 : chosen - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0) take(list.children[chosen]);
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const line = event.target.closest("li");
    if (line) take(line);
  });
  box.addEventListener("blur", () => {
    asked?.abort();
    close();
  });
})();
