// Grading by hand: keys, and saving while one works. What was not sent yet is kept in this window, and sent again.
"use strict";
(() => {
  // A sentence in the language of the page, which has what stands for it in another than English.
  const spoken = JSON.parse(document.body.dataset.sentences || "{}");
  const says = (sentence, parts = {}) => (spoken[sentence] || sentence).replace(/\{(\w+)\}/g, (_, name) => parts[name]);
  const KEPT = "autograder unsent ", OFF = "autograder keys off", AGAIN_MS = 2000, TYPING_MS = 500, PATIENCE_MS = 3000;
  const one = (what) => document.querySelector(what);
  const pause = (time) => new Promise((done) => setTimeout(done, time));
  const form = () => one("#grade");
  let typing = 0, again = 0, typed = false, running = null, refreshing = false;

  const unsent = () => Object.keys(sessionStorage).filter((key) => key.startsWith(KEPT)).sort();
  const read = (key) => JSON.parse(sessionStorage.getItem(key));
  const say = (text, lost = false) => {
    const place = one("#saved");
    if (place && place.textContent !== text) place.textContent = text;
    if (place) place.classList.toggle("lost", lost);
  };

  // Keeps all that the form says now. `first` is what is on its way: should its answer be lost, it is sent once more
  // before what came after it, so that the desk can tell its own from somebody else's.
  const keep = () => {
    clearTimeout(typing);
    typed = false;
    const f = form();
    if (!f || f.querySelector("fieldset").disabled) return;
    const key = KEPT + f.action, had = sessionStorage.getItem(key);
    const last = new URLSearchParams(new FormData(f)).toString();
    sessionStorage.setItem(key, JSON.stringify({...(had ? JSON.parse(had) : {}), last, label: f.dataset.label}));
    say(says("Saving …"));
    send();
  };

  const send = () => running ||= sendAll().finally(() => { running = null; });
  const sendAll = async () => {
    clearTimeout(again);
    try {
      for (let keys = unsent(); keys.length; keys = unsent()) await sendOne(keys[0]);
    } catch (error) {
      again = setTimeout(send, AGAIN_MS);
      say(error.message, true);
    }
  };

  const LOST = says("Not saved: the desk does not answer. What you gave is kept in this window and sent again.");
  const sendOne = async (key) => {
    const kept = read(key), address = key.slice(KEPT.length);
    if (kept.first === undefined) {
      kept.first = kept.last;
      delete kept.last;
      sessionStorage.setItem(key, JSON.stringify(kept));
    }
    let answer, told;
    try {
      const body = new URLSearchParams(kept.first);
      answer = await fetch(address, {method: "POST", body, headers: {"HX-Request": "true"}});
      told = (answer.headers.get("content-type") || "").includes("json") ? await answer.json() : null;
    } catch {
      throw new Error(LOST);
    }
    if (answer.status === 401 || answer.status === 403)
      throw new Error(
        says("Not saved: sign in again, in another tab. What you gave is kept in this window and sent again."));
    if (answer.status >= 500 || !told)
      throw new Error(told ? told.sentence : says("Not saved: the desk met an error. It is tried again."));
    const now = read(key);
    if (!answer.ok) {
      sessionStorage.removeItem(key);
      await refused(address, kept.label, told.sentence, new URLSearchParams(now.last || kept.first));
      return;
    }
    const f = form(), here = f && f.action === address;
    if (here) f.elements.seen.value = told.seen;
    if (now.last === undefined) {
      sessionStorage.removeItem(key);
      if (here) shown(told);
      return;
    }
    const last = new URLSearchParams(now.last);  // what came after it was made from what is saved now
    last.set("seen", told.seen);
    sessionStorage.setItem(key, JSON.stringify({last: last.toString(), label: now.label}));
  };

  const shown = (told) => {
    one("#score").textContent = told.score === null ? says("waits") : says("{score} of {most}", told);
    one("#go-undo").disabled = false;
    say(says("Saved."));
  };

  // Somebody else was faster: what they gave is shown, and beside it what was to be given.
  const refused = async (address, label, sentence, lost) => {
    const here = form() && form().action === address;
    if (here) {
      const settled = new Promise((done) => document.addEventListener("htmx:afterSettle", done, {once: true}));
      refreshing = true;  // does not wait for what is being sent, which waits for it
      htmx.ajax("GET", location.href, {target: "#main", select: "#main", swap: "outerHTML"});
      await Promise.race([settled, pause(PATIENCE_MS)]);
      refreshing = false;
    }
    const notice = document.createElement("div"), text = document.createElement("p");
    notice.className = "notice";
    notice.setAttribute("role", "alert");
    const comment = lost.get("comment"), yours = comment ? says(" You had written: “{comment}”", {comment}) : "";
    text.textContent = (here ? "" : says("Of {label}: ", {label})) + says("{sentence} Yours is not saved.", {sentence}) + yours;
    notice.append(text);
    if (here && comment && comment !== form().elements.comment.value) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = says("Take my comment");
      button.addEventListener("click", () => { form().elements.comment.value = comment; keep(); });
      notice.append(button);
    }
    one("#main").prepend(notice);
  };

  const write = (f, text) => {
    const comment = f.elements.comment;
    if (!comment.value.includes(text)) comment.value = comment.value.trim() ? `${comment.value.trim()}\n${text}` : text;
    keep();
  };

  document.addEventListener("change", (event) => { if (event.target.closest("#grade")) keep(); });
  document.addEventListener("input", (event) => {
    if (!event.target.matches("#comment, #free")) return;
    typed = true;
    clearTimeout(typing);
    typing = setTimeout(keep, TYPING_MS);
  });
  document.addEventListener("submit", (event) => {
    if (event.target !== form()) return;
    event.preventDefault();
    keep();
  });
  document.addEventListener("click", (event) => {
    const f = form(), button = event.target.closest("button");
    if (!f || !button) return;
    if (button.id === "nothing") {
      f.querySelectorAll("[name=item]").forEach((item) => { item.checked = false; });
      f.elements.free.value = "0";
      keep();
    }
    if (button.id === "stands") keep();
    if (button.matches(".reuse")) write(f, button.textContent);
    if (button.id === "keys-off") {
      localStorage.setItem(OFF, localStorage.getItem(OFF) ? "" : "1");
      keysShown();
    }
  });

  // Between a page's arrival and its settling htmx does not know its buttons yet: what is pressed then has its turn after.
  let settling = false, afterwards = null;
  const press = (what) => {
    if (settling) { afterwards = what; return; }
    const found = one(what);
    if (found && !found.disabled) found.click();
  };
  const KEYS = {
    n: () => press("#go-next"), j: () => press("#go-after"), k: () => press("#go-before"), u: () => press("#go-undo"),
    g: () => press("#go-together"), s: () => press("#stands"), 0: () => press("#nothing"),
    c: () => one("#comment").focus(), f: () => one("#free").focus(),
    "?": () => { const keys = one("#keys"); keys.open = !keys.open; },
  };
  document.addEventListener("keydown", (event) => {
    if (!form()) return;
    if (event.target.matches("textarea, input:not([type=checkbox]), select")) {
      if (event.key === "Escape" || (event.ctrlKey && event.key === "Enter")) {
        event.preventDefault();
        event.target.blur();
        keep();
        one("#answer-title").focus({preventScroll: true});
        if (event.key === "Enter") press("#go-next");
      }
      return;
    }
    if (localStorage.getItem(OFF) || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
    if (digit && event.shiftKey) press(`.earlier li:nth-child(${digit[1]}) .reuse`);
    else if (digit) press(`#grade label.item:nth-of-type(${digit[1]}) input`);
    else if (KEYS[event.key]) KEYS[event.key]();
    else return;
    event.preventDefault();
  });

  const keysShown = () => {
    const button = one("#keys-off");
    if (button) button.setAttribute("aria-pressed", localStorage.getItem(OFF) ? "true" : "false");
  };

  // An answer is shown: what was kept for it and is unsent stands in the form again.
  const begin = () => {
    keysShown();
    const f = form();
    if (!f) return;
    const kept = sessionStorage.getItem(KEPT + f.action);
    if (kept) {
      const wanted = new URLSearchParams(JSON.parse(kept).last || JSON.parse(kept).first);
      const items = wanted.getAll("item");
      f.querySelectorAll("[name=item]").forEach((item) => { item.checked = items.includes(item.value); });
      f.elements.free.value = wanted.get("free") || "";
      f.elements.comment.value = wanted.get("comment") || "";
    }
    if (unsent().length) send();
  };
  document.addEventListener("DOMContentLoaded", begin);
  document.addEventListener("htmx:afterSwap", () => { settling = true; });
  document.addEventListener("htmx:afterSettle", () => {
    settling = false;
    begin();
    const title = one("#answer-title"), waited = afterwards;
    if (title) title.focus({preventScroll: true});
    afterwards = null;
    if (waited) press(waited);
  });
  // Before another page is asked for, what was typed is kept and sent, so that the page knows of it.
  document.addEventListener("htmx:confirm", (event) => {
    if (typed) keep();
    if (!running || refreshing) return;
    event.preventDefault();
    Promise.race([running, pause(PATIENCE_MS)]).then(() => event.detail.issueRequest(true));
  });
  document.addEventListener("htmx:sendError", () => say(unsent().length ? LOST : says("The desk does not answer."), true));
  document.addEventListener("htmx:responseError", (event) => {
    const told = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html").querySelector("[role=alert]");
    say(told ? told.textContent : event.detail.xhr.responseText.slice(0, 200), true);
  });
  window.addEventListener("online", send);
  window.addEventListener("beforeunload", (event) => { if (unsent().length) event.preventDefault(); });
})();
