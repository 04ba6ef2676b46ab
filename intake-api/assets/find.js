// Villages by typing: 八里, bali, bl. The county's places are asked for once and looked through here; where that fails, the
// lists of the form work as they do without a script.
(function () {
  'use strict';
  var MOST = 12, places = null, asked = '', found = [], active = -1;

  function byId(id) { return document.getElementById(id); }
  function plain(text) { return text.normalize('NFKC').replace(/[\u200b-\u200f\ufeff]/g, '').toLowerCase().trim(); }

  function entry(code, name, spelt, township) {
    var ways = spelt.split('|').map(function (way) { return way.split(' '); });
    return { code: code, name: name, ways: ways, township: township };
  }

  function read(list) {
    var all = [];
    list.forEach(function (t) {
      var township = entry(t[0], t[1], t[2], null);
      all.push(township);
      t[3].forEach(function (v) { all.push(entry(v[0], v[1], v[2], township)); });
    });
    return all;
  }

  // 0 begins with it, 1 holds it, -1 doesn't.
  function fits(place, word) {
    var at = place.name.indexOf(word);
    if (at >= 0) return at === 0 ? 0 : 1;
    var best = -1;
    place.ways.forEach(function (way) {
      for (var from = 0; from < way.length; from += 1) {
        var rest = way.slice(from);
        var initials = rest.map(function (s) { return s.charAt(0); }).join('');
        if (rest.join('').indexOf(word) === 0 || initials.indexOf(word) === 0) best = best === 0 || from === 0 ? 0 : 1;
      }
    });
    return best;
  }

  function search(text) {
    var words = plain(text).split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    var hits = [];
    places.forEach(function (place) {
      var rank = 0, own = false;
      var all = words.every(function (word) {
        var mine = fits(place, word), above = place.township ? fits(place.township, word) : -1;
        if (mine >= 0) { own = true; rank += mine; }
        return mine >= 0 || above >= 0;
      });
      // 旧县八里: township and village in one word.
      if (!all && words.length === 1 && place.township) {
        all = own = joined(place, words[0]);
        rank = 1;
      }
      if (all && own) hits.push({ place: place, rank: rank });
    });
    hits.sort(function (a, b) { return a.rank - b.rank || a.place.name.length - b.place.name.length; });
    return hits.map(function (hit) { return hit.place; });
  }

  function joined(place, word) {
    for (var cut = 1; cut < word.length; cut += 1) {
      if (fits(place.township, word.slice(0, cut)) === 0 && fits(place, word.slice(cut)) === 0) return true;
    }
    return false;
  }

  function label(place) { return place.township ? place.name + '（' + place.township.name + '）' : place.name; }

  function draw() {
    var list = byId('found'), input = byId('find-place'), said = byId('find-said'), box = byId('find');
    list.textContent = '';
    found.slice(0, MOST).forEach(function (place, index) {
      var item = document.createElement('li');
      item.id = 'found-' + index;
      item.setAttribute('role', 'option');
      item.setAttribute('aria-selected', String(index === active));
      item.textContent = label(place);
      list.appendChild(item);
    });
    var open = found.length > 0;
    list.hidden = !open;
    input.setAttribute('aria-expanded', String(open));
    if (active >= 0) input.setAttribute('aria-activedescendant', 'found-' + active); else input.removeAttribute('aria-activedescendant');
    said.textContent = open ? box.dataset.count.replace('{n}', found.length) : plain(input.value) && !input.dataset.chosen ? box.dataset.none : '';
  }

  function villages(chosen) {
    var field = byId('village-field'), township = byId('township').value;
    if (!field) return;
    var mine = places.filter(function (place) { return place.township && place.township.code === township; });
    field.hidden = !mine.length;
    field.textContent = '';
    if (!mine.length) return;
    var name = document.createElement('label'), select = document.createElement('select');
    name.htmlFor = 'village';
    name.textContent = field.dataset.label;
    select.id = select.name = 'village';
    select.add(new Option(field.dataset.unknown, ''));
    mine.forEach(function (place) { select.add(new Option(place.name, place.code, false, place.code === chosen)); });
    field.append(name, select);
  }

  function choose(place) {
    var input = byId('find-place');
    byId('township').value = (place.township || place).code;
    villages(place.township ? place.code : '');
    input.value = label(place);
    input.dataset.chosen = '1';
    found = [];
    active = -1;
    draw();
    shouwang.keep();
    byId('where_now').focus();
  }

  function arrange() {
    var form = shouwang.form();
    if (!form || !form.dataset.places || !byId('village-field') || !places) return;
    var select = byId('village');
    byId('find').hidden = false;
    if (!byId('village-field').classList.contains('wrong')) villages(form.dataset.village || (select ? select.value : ''));
    delete form.dataset.village;
  }

  document.addEventListener('shouwang:shown', function () {
    var form = shouwang.form();
    if (!form || !form.dataset.places || !byId('village-field') || !window.fetch) return;
    if (asked === form.dataset.places) return arrange();
    asked = form.dataset.places;
    fetch(asked).then(function (answer) {
      if (!answer.ok) throw new Error('no places');
      return answer.json();
    }).then(function (list) { places = read(list); arrange(); }).catch(function () { asked = ''; });
  });

  document.addEventListener('change', function (event) {
    if (event.target.id !== 'township' || !byId('village-field')) return;
    if (places) return villages('');
    var village = byId('village');
    if (village) village.value = '';
    shouwang.part('village-field', 'keep').catch(function () {});
  });

  document.addEventListener('input', function (event) {
    if (event.target.id !== 'find-place' || !places) return;
    delete event.target.dataset.chosen;
    active = -1;
    found = search(event.target.value);
    draw();
  });

  document.addEventListener('keydown', function (event) {
    if (event.target.id !== 'find-place' || event.isComposing || event.keyCode === 229) return;
    var shown = Math.min(found.length, MOST);
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (!shown) return;
      event.preventDefault();
      active = (active + (event.key === 'ArrowDown' ? 1 : active < 0 ? 0 : -1) + shown) % shown;
      draw();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (shown) { event.stopImmediatePropagation(); choose(found[Math.max(active, 0)]); }
    } else if (event.key === 'Escape') {
      found = [];
      draw();
    }
  });

  document.addEventListener('click', function (event) {
    var item = event.target.closest('#found li');
    if (item) choose(found[Number(item.id.slice(6))]);
  });
})();
