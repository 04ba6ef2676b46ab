// The receipt: copied, printed, drawn as a picture. Nothing of it leaves this page.
(function () {
  'use strict';
  var WIDTH = 720, MARGIN = 48;

  function slip() { return document.querySelector('[data-receipt]'); }
  function text(name) { return slip().querySelector(name).textContent.trim(); }
  function say(words) { document.querySelector('[data-said]').textContent = words; }

  function copy(button) {
    var labels = slip().querySelectorAll('dt');
    var words = labels[0].textContent + ' ' + text('[data-number]') + '\n' + labels[1].textContent + ' ' + text('[data-code]');
    function done() { say(button.dataset.done); }
    function old() {
      var area = document.createElement('textarea');
      area.value = words;
      document.body.appendChild(area);
      area.select();
      var copied = false;
      try { copied = document.execCommand('copy'); } catch (e) { copied = false; }
      area.remove();
      say(copied ? button.dataset.done : button.dataset.not);
    }
    if (navigator.clipboard && navigator.clipboard.writeText) navigator.clipboard.writeText(words).then(done, old);
    else old();
  }

  function lines(pen, words, width) {
    var out = [''];
    Array.from(words).forEach(function (sign) {
      var last = out.length - 1;
      if (pen.measureText(out[last] + sign).width > width) out.push(sign); else out[last] += sign;
    });
    return out;
  }

  function picture(button) {
    var labels = button.dataset.labels.split('|'), values = slip().querySelectorAll('.facts dd');
    var paper = document.createElement('canvas');
    paper.width = WIDTH * 2;
    paper.height = 1240;
    var pen = paper.getContext('2d'), font = getComputedStyle(document.body).fontFamily, y = MARGIN + 30;
    pen.scale(2, 2);
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, WIDTH, 620);
    pen.fillStyle = '#1b2730';
    function line(words, size, bold, space) {
      pen.font = (bold ? '700 ' : '400 ') + size + 'px ' + font;
      lines(pen, words, WIDTH - 2 * MARGIN).forEach(function (part) { pen.fillText(part, MARGIN, y); y += size * 1.5; });
      y += space;
    }
    line(text('.slip-county'), 20, false, 0);
    line(button.dataset.title, 32, true, 16);
    [0, 1, 2].forEach(function (at) {
      line(labels[at], 18, false, 0);
      line(values[at].textContent.trim(), 28, true, 12);
    });
    line(labels[3], 18, false, 0);
    paper.toBlob(function (blob) {
      var url = URL.createObjectURL(blob), box = document.querySelector('[data-shown]'), image = box.querySelector('img');
      image.src = url;
      box.hidden = false;
      // Inside WeChat a download does nothing: there the picture is pressed and held.
      if (/MicroMessenger/i.test(navigator.userAgent)) return;
      var link = document.createElement('a');
      link.href = url;
      link.download = button.dataset.name + '-' + text('[data-number]').slice(0, 8) + '.png';
      link.click();
    });
  }

  document.addEventListener('shouwang:shown', function () {
    shouwang.each(document.querySelectorAll('[data-print], [data-copy], [data-picture]'), function (one) { one.hidden = false; });
  });
  document.addEventListener('click', function (event) {
    var on = event.target;
    if (on.closest('[data-print]')) window.print();
    if (on.closest('[data-copy]')) copy(on.closest('[data-copy]'));
    if (on.closest('[data-picture]')) picture(on.closest('[data-picture]'));
  });
})();
