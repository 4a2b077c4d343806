// SPDX-License-Identifier: Apache-2.0
// Check-ins noted while the network is away: kept on this device, sent by the page's own form. Each has a nonce, so
// sending it twice is one check-in.
(function () {
  'use strict';
  var NAME = 'linli-check-ins';
  var note = document.getElementById('note'), send = document.getElementById('send');
  var kept = document.getElementById('kept'), live = document.getElementById('live');
  if (!note || !send || !window.localStorage || !window.crypto) { return; }

  function read() {
    try { return JSON.parse(localStorage.getItem(NAME)) || []; } catch (_broken) { return []; }
  }

  function keep(rows) {
    localStorage.setItem(NAME, JSON.stringify(rows));
    show();
  }

  function nonce() {
    var bytes = new Uint8Array(16), text = '';
    crypto.getRandomValues(bytes);
    bytes[6] = bytes[6] & 15 | 64;
    bytes[8] = bytes[8] & 63 | 128;
    for (var i = 0; i < 16; i += 1) {
      text += (i === 4 || i === 6 || i === 8 || i === 10 ? '-' : '') + ('0' + bytes[i].toString(16)).slice(-2);
    }
    return text;
  }

  function show() {
    var rows = read();
    while (kept.firstChild) { kept.removeChild(kept.firstChild); }
    rows.forEach(function (row) {
      var item = document.createElement('li');
      item.className = 'row';
      item.textContent = row.pick_up_code + ' ・ ' + new Date(row.happened_at).toLocaleTimeString();
      kept.appendChild(item);
    });
    send.hidden = !rows.length;
    send.querySelector('button').disabled = !navigator.onLine;
    live.textContent = live.getAttribute(navigator.onLine ? 'data-online' : 'data-offline');
  }

  var sent = document.querySelectorAll('[data-nonce]'), done = {};
  for (var i = 0; i < sent.length; i += 1) { done[sent[i].getAttribute('data-nonce')] = true; }
  keep(read().filter(function (row) { return !done[row.nonce]; }));

  note.querySelector('[name=at]').parentNode.hidden = true;
  note.querySelector('[name=at]').required = false;
  note.addEventListener('submit', function (event) {
    var code = note.querySelector('[name=code]');
    event.preventDefault();
    keep(read().concat([{nonce: nonce(), happened_at: new Date().toISOString(), pick_up_code: code.value}]));
    code.value = '';
    code.focus();
  });
  send.addEventListener('submit', function (event) {
    if (!navigator.onLine) { event.preventDefault(); show(); return; }
    send.querySelector('[name=notes]').value = JSON.stringify(read().slice(0, 100));
  });
  window.addEventListener('online', show);
  window.addEventListener('offline', show);
}());
