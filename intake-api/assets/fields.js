// Small help with the fields, none of which ever stops anybody: Enter goes to the next field, 110 appears beside "in danger",
// an anonymous reporter's details are neither asked nor sent, and what looks incomplete is said softly.
(function () {
  'use strict';
  var WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

  function anonymous() {
    var chosen = document.querySelector('#report input[name="reporter_identity"]:checked');
    var on = Boolean(chosen) && chosen.value === 'anonymous';
    shouwang.each(document.querySelectorAll('[data-named]'), function (box) {
      box.hidden = on;
      shouwang.each(box.querySelectorAll('input'), function (input) { input.disabled = on; });
    });
    var note = document.querySelector('[data-anonymous]');
    if (note) note.hidden = !on;
  }

  function danger() {
    shouwang.each(document.querySelectorAll('.panel.danger'), function (panel) {
      panel.classList.toggle('yes', Boolean(panel.querySelector('input[value="yes"]:checked')));
    });
  }

  function about(input, words) {
    var text = input.value.normalize('NFKC').replace(/[\s\u200b-\u200f\ufeff\u2010-\u2015\u2212-]/g, '');
    if (input.dataset.soft === 'phone') {
      text = text.replace(/^(\+|00)86/, '');
      return /^1[3-9]\d*$/.test(text) && text.length !== 11 ? words.phone.replace('{n}', text.length) : '';
    }
    if (!/^\d{6,}[Xx]?$/.test(text) || text.length === 15) return '';
    if (text.length !== 18) return words.id.replace('{n}', text.length);
    var sum = WEIGHTS.reduce(function (all, weight, at) { return all + weight * Number(text.charAt(at)); }, 0);
    return '10X98765432'.charAt(sum % 11) === text.charAt(17).toUpperCase() ? '' : words.check;
  }

  function soft(input) {
    var words = document.querySelector('[data-soft-words]'), id = input.id + '-soft', old = document.getElementById(id);
    var text = words ? about(input, words.dataset) : '';
    if (!text) { if (old) old.remove(); return; }
    if (!old) {
      old = document.createElement('p');
      old.id = id;
      old.className = 'hint soft';
      old.setAttribute('role', 'status');
      input.after(old);
    }
    old.textContent = text;
  }

  function stop(one) {
    return !one.disabled && one.type !== 'hidden' && one.offsetParent && one.tabIndex >= 0 &&
      (one.tagName !== 'BUTTON' || one.classList.contains('send'));
  }

  function next(from) {
    var all = Array.prototype.filter.call(shouwang.form().querySelectorAll('input, select, textarea, button'), stop);
    for (var at = all.indexOf(from) + 1; at < all.length; at += 1) {
      if (!(from.type === 'radio' && all[at].name === from.name)) return all[at].focus();
    }
  }

  document.addEventListener('keydown', function (event) {
    var on = event.target, form = shouwang.form();
    if (event.key !== 'Enter' || event.defaultPrevented || !form || !form.contains(on) || on.tagName !== 'INPUT') return;
    // The Enter that ends an input method's word is not this Enter.
    if (event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    next(on);
  });

  document.addEventListener('change', function (event) {
    anonymous();
    danger();
    if (event.target.dataset && event.target.dataset.soft) soft(event.target);
  });
  document.addEventListener('input', function (event) {
    // While somebody types a number it is always incomplete: only a mistake that was named already is watched.
    if (event.target.dataset && event.target.dataset.soft && document.getElementById(event.target.id + '-soft')) soft(event.target);
  });
  document.addEventListener('shouwang:shown', function () { anonymous(); danger(); });
})();
