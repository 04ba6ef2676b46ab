// The form works without this file. With it: villages and children appear without leaving the page, a bad line is tried
// again under the same key (so nothing is filed twice), and what was typed survives a reload until the receipt is there.
(function () {
  'use strict';
  var DRAFT = 'shouwang-draft', TRIES = 4, PATIENCE_MS = 20000;
  var sending = false, timer = 0, pressed = null;

  function form() { return document.getElementById('report'); }

  function body(act) {
    var data = new FormData(form()), parts = [];
    data.set('act', act);
    data.forEach(function (value, name) { parts.push(encodeURIComponent(name) + '=' + encodeURIComponent(value)); });
    return parts.join('&');
  }

  function store(text) {
    // A private window may refuse storage; then there is no draft, and nothing else changes.
    try {
      if (text === null) sessionStorage.removeItem(DRAFT);
      else if (text === undefined) return sessionStorage.getItem(DRAFT);
      else sessionStorage.setItem(DRAFT, text);
    } catch (e) { return null; }
    return null;
  }

  function post(url, text) {
    var stop = new AbortController();
    var late = setTimeout(function () { stop.abort(); }, PATIENCE_MS);
    return fetch(url, {
      method: 'POST', body: text, signal: stop.signal, credentials: 'same-origin',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' }
    }).then(function (answer) {
      return answer.text().then(function (html) {
        clearTimeout(late);
        // A proxy's or a hotspot's own page says nothing about the report: that counts as a bad line.
        if (html.indexOf('id="main"') < 0) throw new Error('not our page');
        return html;
      });
    }, function (error) { clearTimeout(late); throw error; });
  }

  function parse(html) { return new DOMParser().parseFromString(html, 'text/html'); }

  function show(html) {
    var fresh = parse(html);
    document.title = fresh.title;
    document.documentElement.lang = fresh.documentElement.lang;
    document.body.replaceWith(document.adoptNode(fresh.body));
    start(false);
    window.scrollTo(0, 0);
  }

  function part(id, html) {
    var fresh = parse(html).getElementById(id), old = document.getElementById(id);
    if (fresh && old) old.replaceWith(document.adoptNode(fresh));
  }

  function say(text) {
    var place = document.querySelector('[data-status]');
    if (place) place.textContent = text;
  }

  function buttons(off) {
    Array.prototype.forEach.call(document.querySelectorAll('.send'), function (one) { one.disabled = off; });
  }

  function send(url) {
    if (sending) return;
    sending = true;
    buttons(true);
    say(form().dataset.sending);
    var text = body('file'), left = TRIES;
    function again() {
      post(url, text).then(function (html) {
        sending = false;
        show(html);
      }, function () {
        left -= 1;
        if (left > 0) {
          say(form().dataset.retrying);
          setTimeout(again, 2000 * (TRIES - left));
          return;
        }
        sending = false;
        buttons(false);
        say(form().dataset.failed);
      });
    }
    again();
  }

  function reload(id, act, url) {
    post(url, body(act)).then(function (html) {
      part(id, html);
      keep();
      var target = act === 'add-child' ? document.querySelector('.child:last-of-type') : null;
      if (target) target.scrollIntoView();
    }, function () { say(form().dataset.failed); });
  }

  function keep() {
    if (form() && !sending) store(body('keep'));
  }

  function restore() {
    var draft = store(undefined);
    if (!draft) return;
    post(form().action, draft).then(function (html) {
      show(html);
      var note = document.querySelector('[data-restored]');
      if (note) note.hidden = false;
    }, function () {});
  }

  function start(first) {
    if (document.querySelector('[data-receipt]')) store(null);
    var print = document.querySelector('[data-print]');
    if (print) print.hidden = false;
    var trouble = document.querySelector('[data-focus]');
    if (trouble) trouble.focus();
    if (form()) {
      hideVillageButton();
      if (first && location.pathname === '/') restore();
    }
  }

  function hideVillageButton() {
    Array.prototype.forEach.call(document.querySelectorAll('#village-field [data-villages], #village-field .hint'), function (one) { one.hidden = true; });
  }

  document.addEventListener('submit', function (event) {
    if (event.target !== form() || !window.fetch || !window.AbortController) return;
    // Older Safari neither names the submitter nor focuses a tapped button, so the last click is remembered.
    var by = event.submitter || pressed, url = form().action;
    pressed = null;
    var act = by && by.name === 'act' ? by.value : 'file';
    if (act !== 'file' && !(by.dataset && by.dataset.part)) return;
    event.preventDefault();
    if (act === 'file') send(url);
    else reload(by.dataset.part, act, url);
  });

  document.addEventListener('change', function (event) {
    if (event.target.id !== 'township' || !window.fetch) return;
    var village = document.getElementById('village');
    if (village) village.value = '';
    post(form().action, body('keep')).then(function (html) {
      part('village-field', html);
      hideVillageButton();
      keep();
    }, function () {
      Array.prototype.forEach.call(document.querySelectorAll('#village-field [hidden]'), function (one) { one.hidden = false; });
    });
  });

  document.addEventListener('input', function (event) {
    if (!form() || !form().contains(event.target)) return;
    clearTimeout(timer);
    timer = setTimeout(keep, 300);
  });

  document.addEventListener('click', function (event) {
    var on = event.target;
    pressed = on.closest('button');
    if (on.closest('[data-print]')) window.print();
    if (on.closest('[data-clear]')) { clearTimeout(timer); store(null); location.replace('/'); }
  });

  start(true);
})();
