// The form works without this file. With it: nothing typed is lost. It is kept by the tab from the first letter on, once more
// in the instant before it is sent, and until the receipt is there; a bad line is tried again under the same key, so nothing
// is filed twice; an answer that is not this form or its receipt never takes the form's place.
var shouwang = (function () {
  'use strict';
  var TRIES = 4, PATIENCE_MS = 20000, RECEIPT = 'shouwang-receipt', KEPT_MS = 600000;
  var sending = false, timer = 0, pressed = null, unrestored = false;

  function form() { return document.getElementById('report'); }
  function isChild() { return form() && form().hasAttribute('data-child'); }
  function draft() { return isChild() ? 'shouwang-child' : 'shouwang-draft'; }
  function each(list, act) { Array.prototype.forEach.call(list, act); }

  // A private window may refuse storage; then there is no draft, and nothing else changes.
  function read(name) { try { return sessionStorage.getItem(name); } catch (e) { return null; } }
  function write(name, text) {
    try {
      if (text === null) sessionStorage.removeItem(name); else sessionStorage.setItem(name, text);
      return true;
    } catch (e) { return false; }
  }

  function body(act) {
    var data = new FormData(form()), parts = [];
    data.set('act', act);
    data.set('_charset_', 'UTF-8');
    data.forEach(function (value, name) { parts.push(encodeURIComponent(name) + '=' + encodeURIComponent(value)); });
    return parts.join('&');
  }

  function post(url, text) {
    var stop = new AbortController();
    var late = setTimeout(function () { stop.abort(); }, PATIENCE_MS);
    var headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    // This tab keeps the receipt itself, so the server need not hand it to the browser.
    if (write('shouwang-try', '1') && write('shouwang-try', null)) headers['X-Tab'] = '1';
    return fetch(url, { method: 'POST', body: text, signal: stop.signal, credentials: 'same-origin', headers: headers })
      .then(function (answer) {
        return answer.text().then(function (html) {
          clearTimeout(late);
          // A proxy's or a hotspot's own page says nothing about the report: that counts as a bad line.
          if (html.indexOf('id="main"') < 0) throw new Error('not our page');
          return html;
        });
      }, function (error) { clearTimeout(late); throw error; });
  }

  function parse(html) { return new DOMParser().parseFromString(html, 'text/html'); }

  function show(fresh) {
    document.title = fresh.title;
    document.documentElement.lang = fresh.documentElement.lang;
    document.body.replaceWith(document.adoptNode(fresh.body));
    start(false);
    window.scrollTo(0, 0);
  }

  function say(text) {
    var place = document.querySelector('[data-status]');
    if (place) place.textContent = text;
  }

  function ready(on) {
    sending = !on;
    each(document.querySelectorAll('.send'), function (one) { one.disabled = !on; });
  }

  // What a page that is neither form nor receipt says: it is read out beside the button, and the form stays.
  function said(fresh) {
    var parts = [fresh.querySelector('h1'), fresh.querySelector('.lead')];
    return parts.map(function (part) { return part ? part.textContent : ''; }).join(' ') + ' ' + form().dataset.stale;
  }

  function received(fresh, html, url) {
    write(draft(), null);
    write(RECEIPT, JSON.stringify({ at: Date.now(), html: html, quiet: Boolean(isChild()) }));
    show(fresh);
    history.pushState({}, '', '/receipt' + new URL(url, location.href).search);
  }

  function send(url) {
    if (sending) return;
    clearTimeout(timer);
    keep();
    ready(false);
    say(form().dataset.sending);
    var text = body('file'), left = TRIES;
    function again() {
      post(url, text).then(function (html) {
        var fresh = parse(html);
        ready(true);
        if (fresh.querySelector('[data-receipt]')) return received(fresh, html, url);
        if (fresh.getElementById('report')) { show(fresh); return keep(); }
        say(said(fresh));
      }, function () {
        left -= 1;
        if (left > 0) {
          say(form().dataset.retrying);
          setTimeout(again, 2000 * (TRIES - left));
          return;
        }
        ready(true);
        say(form().dataset.failed);
      });
    }
    again();
  }

  // One part of the form anew. If the answer doesn't hold that part, the page stays as it is.
  function part(id, act) {
    return post(form().action, body(act)).then(function (html) {
      var fresh = parse(html), piece = fresh.getElementById(id), old = document.getElementById(id);
      if (!piece || !old || !fresh.getElementById('report')) { say(said(fresh)); throw new Error('no such part'); }
      old.replaceWith(document.adoptNode(piece));
      keep();
    }, function (error) { say(form().dataset.partFailed); throw error; });
  }

  function keep() {
    if (form() && !sending && !unrestored) write(draft(), body('keep'));
  }

  function pairs(text) {
    return text.split('&').map(function (pair) {
      var at = pair.indexOf('=');
      return [decodeURIComponent(pair.slice(0, at)), decodeURIComponent(pair.slice(at + 1))];
    });
  }

  // Puts a draft back without asking the server; it may be away.
  function fill(list) {
    each(form().querySelectorAll('input[type=checkbox], input[type=radio]'), function (one) { one.checked = false; });
    list.forEach(function (pair) {
      if (pair[0] === 'act' || pair[0] === '_charset_') return;
      each(form().querySelectorAll('[name="' + pair[0] + '"]'), function (one) {
        if (one.type === 'checkbox' || one.type === 'radio') { if (one.value === pair[1]) one.checked = true; }
        else if (one.tagName !== 'BUTTON') one.value = pair[1];
        var shut = pair[1] && one.type !== 'radio' && one.closest('details');
        if (shut) shut.open = true;
      });
      if (pair[0] === 'village') form().dataset.village = pair[1];
    });
    each(form().querySelectorAll('fieldset'), function (set) {
      var none = set.querySelector('input[type=radio][value=""]');
      if (none && !set.querySelector('input:checked')) none.checked = true;
    });
  }

  function restore() {
    var kept = read(draft());
    if (!kept) return;
    var list = pairs(kept), many = list.some(function (pair) { return pair[0] === 'children' && pair[1] !== '1'; });
    function note(name) { var one = document.querySelector(name); if (one) one.hidden = false; }
    if (!many) {
      fill(list);
      tell();
      return note('[data-restored]');
    }
    post(form().action, kept).then(function (html) {
      var fresh = parse(html);
      if (!fresh.getElementById('report')) throw new Error('no form');
      unrestored = false;
      show(fresh);
      note('[data-restored]');
    }).catch(function () {
      // Not to be overwritten by what is typed now, before it could be put back.
      unrestored = true;
      note('[data-unrestored]');
    });
  }

  function receipt() {
    var kept = read(RECEIPT);
    try { kept = kept && JSON.parse(kept); } catch (e) { kept = null; }
    if (kept && Date.now() - kept.at < KEPT_MS) return kept;
    write(RECEIPT, null);
    return null;
  }

  function tell() { document.dispatchEvent(new CustomEvent('shouwang:shown')); }

  function start(first) {
    var trouble = document.querySelector('[data-focus]'), kept = receipt();
    if (trouble) trouble.focus();
    if (first && kept && document.querySelector('[data-no-receipt]')) return show(parse(kept.html));
    var link = document.querySelector('[data-kept-receipt]');
    if (link) link.hidden = !kept || kept.quiet || Boolean(document.querySelector('[data-receipt]'));
    if (document.querySelector('[data-receipt]')) write('shouwang-draft', null);
    tell();
    if (first && form() && (location.pathname === '/' || location.pathname === '/child')) restore();
  }

  function leave() {
    ['shouwang-child', 'shouwang-draft', RECEIPT].forEach(function (name) { write(name, null); });
    sending = true;
    document.body.hidden = true;
    document.title = '-';
    location.replace('about:blank');
  }

  document.addEventListener('submit', function (event) {
    if (event.target.hasAttribute('data-hide')) write(RECEIPT, null);
    if (event.target !== form() || !window.fetch || !window.AbortController) return;
    // Older Safari neither names the submitter nor focuses a tapped button, so the last click is remembered.
    var by = event.submitter || pressed, url = form().action;
    pressed = null;
    var act = by && by.name === 'act' ? by.value : 'keep';
    if (act === 'file') { event.preventDefault(); return send(url); }
    keep();
    if (!by || !by.dataset.part) return;
    event.preventDefault();
    part(by.dataset.part, act).then(function () {
      var target = act === 'add-child' ? document.querySelector('.child:last-of-type') : null;
      if (target) target.scrollIntoView();
      tell();
    }, function () {});
  });

  document.addEventListener('input', function (event) {
    if (!form() || !form().contains(event.target)) return;
    clearTimeout(timer);
    timer = setTimeout(keep, 300);
  });

  document.addEventListener('click', function (event) {
    var on = event.target;
    pressed = on.closest('button');
    if (on.closest('a.leave')) { event.preventDefault(); return leave(); }
    if (on.closest('[data-again]')) return restore();
    if (on.closest('[data-clear]')) { clearTimeout(timer); write(draft(), null); location.replace(location.pathname + location.search); }
    // Whoever leaves the child's page takes nothing along; 110 and places of the same page are no leaving.
    var link = on.closest('a[href^="/"]');
    if (link && isChild()) { clearTimeout(timer); write('shouwang-child', null); sending = true; }
  });

  document.addEventListener('keydown', function (event) {
    if (event.key === 'Escape' && document.querySelector('a.leave')) leave();
  });

  window.addEventListener('popstate', function () { location.reload(); });
  window.addEventListener('pageshow', function (event) { if (event.persisted && document.querySelector('[data-receipt]')) location.reload(); });
  document.addEventListener('DOMContentLoaded', function () { start(true); });

  return { form: form, each: each, keep: keep, part: part };
})();
