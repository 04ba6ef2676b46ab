// What pages do while they stay open. Without this script every page works; it is then as old as its "updated" line says.
(() => {
  const body = document.body;

  // A form that came back is shown under the address of its page, and is brought into view.
  const kept = document.querySelector(".kept-banner[data-at]");
  if (kept) history.replaceState(null, "", kept.dataset.at);
  document.querySelector("form[data-kept]")?.scrollIntoView({ block: "center" });

  // Printing.
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }

  // Parts that refresh themselves: pause, "not updated", focus, scroll and what was unfolded.
  const parts = [...document.querySelectorAll("[data-live]")].map((part) => ({
    part,
    line: document.querySelector(`[data-live-line="${part.id}"]`),
    good: Date.now(),
    paused: false,
    over: false,
    place: 0,
    open: [],
  }));
  const of = (element) => parts.find(({ part }) => part === element);

  function say(live) {
    if (!live.line) return;
    const said = live.line.querySelector(".said");
    const minutes = Math.floor((Date.now() - live.good) / 60000);
    const words = live.line.dataset;
    let text = words.every;
    if (live.over) text = words.over;
    else if (live.paused) text = words.paused;
    else if (minutes >= 1) text = words.old.replace("{n}", minutes);
    if (said.textContent !== text) said.textContent = text;
    said.classList.toggle("old", text !== words.every);
    const login = live.line.querySelector("a");
    if (login) login.hidden = !live.over;
  }

  for (const live of parts) {
    const button = live.line?.querySelector("button");
    if (!button) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      live.paused = !live.paused;
      button.textContent = live.paused ? button.dataset.go : button.dataset.pause;
      button.setAttribute("aria-pressed", String(live.paused));
      if (!live.paused) live.part.dispatchEvent(new Event("now"));
      say(live);
    });
  }
  body.addEventListener("htmx:beforeRequest", (event) => {
    const live = of(event.detail.elt);
    if (live?.paused) event.preventDefault();
  });
  body.addEventListener("htmx:afterRequest", (event) => {
    const live = of(event.detail.elt);
    if (!live) return;
    const status = event.detail.xhr?.status ?? 0;
    live.over = status === 401 || status === 403;
    if (status === 200) live.good = Date.now();
    say(live);
  });
  body.addEventListener("htmx:beforeSwap", (event) => {
    const live = of(event.detail.target);
    if (!live) return;
    live.place = scrollY;
    live.open = [...live.part.querySelectorAll("details[open][id]")].map((details) => details.id);
    live.focus = live.part.contains(document.activeElement) ? document.activeElement.id : "";
  });
  body.addEventListener("htmx:afterSwap", (event) => {
    const live = of(event.detail.target);
    if (!live) return;
    for (const id of live.open) document.getElementById(id)?.setAttribute("open", "");
    if (live.focus) document.getElementById(live.focus)?.focus({ preventScroll: true });
    scrollTo(scrollX, live.place);
    const title = live.part.querySelector("[data-title]");
    if (title) document.title = title.dataset.title;
  });
  if (parts.length > 0) setInterval(() => parts.forEach(say), 5000);

  // A form with a text leaves the page only when the server answers: otherwise the browser would show an error instead of
  // the text. Asked in the same breath, so that pressing a button is still one step.
  const typed = (form) =>
    [...form.elements].some((field) => /^(TEXTAREA|INPUT)$/.test(field.tagName) && !/^(hidden|password|checkbox|radio|file|submit)$/.test(field.type) && field.value !== "" && field.value !== field.defaultValue);
  const reachable = () => {
    const ask = new XMLHttpRequest();
    try {
      ask.open("GET", "/robots.txt", false);
      ask.setRequestHeader("Cache-Control", "no-cache");
      ask.send();
      return ask.status < 500;
    } catch (error) {
      return error.name !== "NetworkError";
    }
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const keeps = form.method === "post" && !form.enctype.startsWith("multipart") && form.getAttribute("action") !== "/login";
    if (event.defaultPrevented || !keeps || (!typed(form) && !("kept" in form.dataset)) || reachable()) return;
    event.preventDefault();
    let line = form.querySelector(".unsent");
    if (!line) {
      line = document.createElement("p");
      line.className = "unsent";
      line.setAttribute("role", "alert");
      form.append(line);
    }
    line.textContent = body.dataset.unsent;
    line.scrollIntoView({ block: "center" });
  });
})();
