// The duty page (开始值班). The press begins: a browser plays sound only after one. From then on it hears what rings by a stream,
// or asks where the stream is cut, and says itself every quarter of a minute that it is there and what it has shown. When it
// hears nothing, it shouts: a page that stays green while nobody is at the other end is worse than none.
(() => {
  const root = document.getElementById("duty");
  if (!root) return;
  const of = (id) => document.getElementById(id);
  const [alarm, now, contact, until, facts, list] = ["duty-alarm", "duty-now", "duty-contact", "duty-until", "duty-facts", "duty-list"].map(of);
  const [unit, begin, here, end, over] = ["duty-unit", "duty-begin", "duty-here", "duty-end", "duty-over"].map(of);
  const words = root.dataset;
  const say = (key, values = {}) => Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), words[key]);
  const title = document.title;

  // Seconds: a beat is sent, the server counts as gone, the login ends soon.
  const BEAT = 15;
  const GONE = 20;
  const SOON = 300;

  let audio = null;
  let stream = null;
  let lock = null;
  /** While on duty: the page's id, since when, until when the login lasts, when the server was last heard of, and what rings. */
  let duty = null;
  let asking = false;
  let ticks = 0;

  // Sound: two tones, made here, so that no file has to be there. What is called differs from what is wrong.
  function tone(at, hertz, seconds) {
    const [note, volume] = [audio.createOscillator(), audio.createGain()];
    note.frequency.value = hertz;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.6, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + seconds);
    note.connect(volume).connect(audio.destination);
    note.start(at);
    note.stop(at + seconds);
  }
  function play(tones, times) {
    if (audio?.state !== "running") return;
    for (let n = 0; n < times * tones.length; n += 1) tone(audio.currentTime + n * 0.28, tones[n % tones.length], 0.25);
  }
  const ring = () => play([880, 660], 4);
  const shout = () => play([330, 330, 220], 2);
  const chime = () => play([660], 2);

  async function keepAwake() {
    try {
      lock = await navigator.wakeLock.request("screen");
      lock.addEventListener("release", () => (lock = null));
    } catch {
      lock = null;
    }
  }
  document.addEventListener("visibilitychange", async () => {
    if (duty && !lock && document.visibilityState === "visible") await keepAwake();
  });

  function show() {
    const on = duty !== null;
    now.textContent = on ? say("on", { at: time(duty.began) }) : say("off");
    for (const [element, shown] of [[begin, !on], [here, on], [end, on], [over, on], [contact, on], [until, on], [facts, on]]) element.hidden = !shown;
    unit.disabled = on;
    if (!on) return;
    const silent = Math.floor((Date.now() - duty.heard) / 1000);
    contact.textContent = say("contact", { n: silent });
    const left = (duty.until - Date.now()) / 1000;
    until.textContent = left < SOON ? say("soon") : say("until", { at: time(duty.until) });
    until.classList.toggle("late", left < SOON);
    const said = [audio?.state === "running" ? "sound" : "mute", lock ? "awake" : "asleep", ...(asking ? ["asks"] : []), ...(duty.again ? ["again"] : [])];
    const lines = said.map((key) => {
      const line = document.createElement("li");
      line.textContent = say(key);
      return line;
    });
    if (facts.textContent !== lines.map((line) => line.textContent).join("")) facts.replaceChildren(...lines);
    const gone = silent > GONE;
    const blind = !gone && duty.looked > GONE;
    warn(gone ? say("lost", { n: silent }) : blind ? say("blind", { n: duty.looked }) : "");
    const blink = ticks % 2 === 0;
    if (gone || blind) document.title = blink ? `(!) ${say("tab_lost")}` : title;
    else if (duty.calls.length > 0) document.title = blink ? `(${duty.count()}) ${say("tab", { n: duty.count() })}` : title;
    else document.title = title;
  }
  const time = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
  function warn(text) {
    if (alarm.textContent !== text) alarm.textContent = text;
    alarm.hidden = text === "";
  }

  /** Asks the server as this page; null where it did not answer as it should, and `over` where the login has ended. */
  async function ask(path, fields) {
    const options = fields ? { method: "POST", body: new URLSearchParams({ csrf: words.csrf, ...fields }) } : {};
    try {
      const answer = await fetch(path, { ...options, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(10000) });
      const json = answer.headers.get("content-type")?.startsWith("application/json");
      if ((answer.redirected && !json) || [401, 403].includes(answer.status)) return { over: true };
      return answer.ok && json ? { body: await answer.json() } : { status: answer.status };
    } catch {
      return {};
    }
  }

  function stand(body, again = false) {
    duty ??= { calls: [], shown: new Set(), looked: 0, count: () => list.querySelectorAll(".calls > li").length || duty.calls.length };
    duty.page = body.page;
    duty.began = Date.parse(body.began_at);
    duty.until = Date.parse(body.session_until);
    duty.again ||= again;
    duty.heard = Date.now();
  }

  /** Over: by the person, by another page, or because the login ended, which is shouted. */
  function stop(key, loud) {
    duty = null;
    stream?.close();
    stream = null;
    lock?.release();
    document.title = title;
    show();
    now.textContent = say(key);
    warn(loud ? say(key) : "");
    if (loud) shout();
  }

  function hear(calls) {
    const fresh = calls.some((call) => !duty.calls.includes(call));
    const changed = fresh || calls.length !== duty.calls.length;
    duty.calls = calls;
    duty.heard = Date.now();
    if (changed) list.dispatchEvent(new Event("rings"));
    if (fresh) ring();
    show();
  }
  // What stands on the page was shown, and the server is told at once.
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== list || !duty) return;
    const calls = list.firstElementChild?.dataset.calls.split(" ").filter(Boolean) ?? [];
    duty.calls = calls;
    if (calls.some((call) => !duty.shown.has(call))) beat();
    show();
  });

  async function beat() {
    if (!duty) return;
    const shown = duty.calls.filter((call) => !duty.shown.has(call));
    const { page } = duty;
    const { body, over: ended } = await ask("/on-duty/beat", { page, shown: shown.join(" ") });
    if (!duty || duty.page !== page) return;
    if (ended) stop("over", true);
    else if (body?.ended === "lost") await start(true);
    else if (body?.ended) stop({ "handed-over": "handed", replaced: "replaced" }[body.ended] ?? "finished", body.ended === "replaced");
    else if (body) {
      stand(body);
      for (const call of shown) duty.shown.add(call);
    }
  }

  function listen() {
    stream?.close();
    stream = new EventSource(`/on-duty/stream?page=${duty.page}`);
    const heard = () => {
      asking = false;
      if (duty) duty.heard = Date.now();
    };
    stream.addEventListener("rings", (event) => {
      heard();
      if (duty) hear(JSON.parse(event.data).calls);
    });
    stream.addEventListener("beat", (event) => {
      heard();
      if (duty) duty.looked = JSON.parse(event.data).looked_s;
    });
    // What the browser does not open again by itself is asked for instead.
    stream.addEventListener("error", () => (asking = true));
  }
  async function look() {
    const { page } = duty;
    const { body, over: ended } = await ask(`/on-duty/state?page=${page}`);
    if (!duty || duty.page !== page) return;
    if (ended) stop("over", true);
    else if (body) {
      duty.looked = 0;
      hear(body.calls);
    }
  }

  async function start(again = false) {
    const { body, over: ended } = await ask("/on-duty/begin", { unit: unit.value });
    if (ended) return stop("over", true);
    if (!body) return duty ? undefined : warn(say("refused"));
    warn("");
    stand(body, again);
    duty.shown.clear();
    listen();
    show();
    return undefined;
  }

  begin.addEventListener("click", async () => {
    audio ??= new AudioContext();
    await audio.resume().catch(() => {});
    chime();
    await keepAwake();
    await start();
  });
  here.addEventListener("click", async () => {
    const { body, over: ended } = await ask("/on-duty/here", { page: duty.page });
    if (ended) stop("over", true);
    else if (body && duty) stand(body);
    if (audio?.state !== "running") await audio.resume().catch(() => {});
    show();
  });
  end.addEventListener("click", async () => {
    const { body } = await ask("/on-duty/end", { page: duty.page });
    if (body) stop("finished", false);
  });
  unit.addEventListener("change", () => location.assign(`/on-duty?unit=${encodeURIComponent(unit.value)}`));
  addEventListener("beforeunload", (event) => {
    if (duty) event.preventDefault();
  });

  setInterval(() => {
    if (!duty) return;
    ticks += 1;
    show();
    const silent = (Date.now() - duty.heard) / 1000;
    if (silent > GONE || duty.looked > GONE) {
      if (ticks % 5 === 0) shout();
    } else if (duty.calls.length > 0 && ticks % 6 === 0) ring();
    else if (duty.until - Date.now() < SOON * 1000 && ticks % 60 === 0) chime();
    if (ticks % BEAT === 0) beat();
    if (asking && ticks % 5 === 0) look();
    if (ticks % 60 === 0 && stream?.readyState === EventSource.CLOSED) listen();
  }, 1000);
  show();
})();
