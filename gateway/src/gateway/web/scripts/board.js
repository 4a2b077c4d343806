// SPDX-License-Identifier: Apache-2.0
// The staff's board by hand: drag a booking, or move it with the arrow keys. What is saved is the page's own form.
(function () {
  'use strict';
  var table = document.getElementById('board'), form = document.getElementById('drag');
  var live = document.getElementById('live'), refusal = document.getElementById('refusal');
  if (refusal) { refusal.focus(); }
  if (!table || !form || !live) { return; }
  var STEP = 30, SLIP = 5;
  var opens = +table.getAttribute('data-opens'), closes = +table.getAttribute('data-closes');
  var lanes = [].filter.call(table.rows, function (row) { return row.hasAttribute('data-space'); });
  var held = null, saving = false, dragged = false;

  function hold(bar) {
    var lane = lanes.indexOf(bar.parentNode.parentNode);
    var first = +bar.getAttribute('data-first'), length = +bar.getAttribute('data-length');
    var ghost = bar.cloneNode(true);
    ghost.className += ' ghost';
    ghost.removeAttribute('href');
    ghost.removeAttribute('data-id');
    ghost.setAttribute('aria-hidden', 'true');
    table.parentNode.appendChild(ghost);
    bar.className += ' lifted';
    held = {bar: bar, ghost: ghost, home: [lane, first], lane: lane, first: first, length: length};
    draw();
  }

  function to(lane, first) {
    held.lane = Math.max(0, Math.min(lanes.length - 1, lane));
    held.first = Math.max(opens, Math.min(closes - held.length, first));
    draw();
  }

  function draw() {
    var row = lanes[held.lane], box = row.getBoundingClientRect(), frame = table.parentNode.getBoundingClientRect();
    var names = row.cells[0].getBoundingClientRect().right, minute = (box.right - names) / (closes - opens);
    var style = held.ghost.style;
    style.left = names - frame.left + table.parentNode.scrollLeft + (held.first - opens) * minute + 'px';
    style.top = box.top - frame.top + table.parentNode.scrollTop + 'px';
    style.width = held.length * minute + 'px';
    style.height = box.height + 'px';
    held.ghost.textContent = span();
  }

  function wall(minute) {
    return ('0' + Math.floor(minute / 60) % 24).slice(-2) + ':' + ('0' + minute % 60).slice(-2);
  }

  function span() { return wall(held.first) + '\u2014' + wall(held.first + held.length); }

  function say(name) {
    var text = table.getAttribute('data-' + name) || '';
    live.textContent = held ? text.replace('{room}', lanes[held.lane].getAttribute('data-name')).replace('{time}', span()) : text;
  }

  function isMoved() { return held.lane !== held.home[0] || held.first !== held.home[1]; }

  function putBack() {
    if (!held || saving) { return; }
    held.ghost.parentNode.removeChild(held.ghost);
    held.bar.className = held.bar.className.replace(' lifted', '');
    held = null;
  }

  // A drop may be a slip of the hand, and somebody's booking moves with it: ask. Enter on the keyboard is an answer.
  function agreed() {
    var isSure, text = table.getAttribute('data-ask') || '';
    saving = true;
    isSure = window.confirm(text.replace('{room}', lanes[held.lane].getAttribute('data-name')).replace('{time}', span()));
    saving = false;
    return isSure;
  }

  function save() {
    var row = lanes[held.lane], bar = held.bar;
    saving = true;
    form.action = '/desk/bookings/' + bar.getAttribute('data-id') + '/move';
    form.elements.version.value = bar.getAttribute('data-version');
    form.elements.space_id.value = row.getAttribute('data-space');
    form.elements.date.value = row.getAttribute('data-date');
    form.elements.start.value = wall(held.first);
    form.elements.minutes.value = held.length;
    say('saving');
    form.submit();
  }

  function barOf(target) {
    while (target && target !== table) {
      if (target.hasAttribute && target.hasAttribute('data-id')) { return target; }
      target = target.parentNode;
    }
    return null;
  }

  table.addEventListener('keydown', function (event) {
    var bar = barOf(event.target);
    var move = {ArrowLeft: [0, -STEP], ArrowRight: [0, STEP], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[event.key];
    if (!bar || saving) { return; }
    if (move) {
      if (!held) { hold(bar); }
      to(held.lane + move[0], held.first + move[1]);
      say('held');
    } else if (held && event.key === 'Escape') {
      putBack();
      say('back');
    } else if (held && event.key === 'Enter' && isMoved()) {
      save();
    } else { return; }
    event.preventDefault();
  });

  table.addEventListener('focusout', putBack);
  table.addEventListener('dragstart', function (event) { event.preventDefault(); });
  table.addEventListener('click', function (event) { if (dragged) { event.preventDefault(); dragged = false; } });

  table.addEventListener('pointerdown', function (event) {
    var bar = barOf(event.target), x = event.clientX, y = event.clientY;
    if (!bar || saving || event.button !== 0 || event.pointerType === 'touch') { return; }
    dragged = false;

    function follow(at) {
      var box, minute, row;
      if (!dragged && Math.abs(at.clientX - x) + Math.abs(at.clientY - y) < SLIP) { return; }
      if (!held) { bar.focus(); hold(bar); }
      dragged = true;
      box = lanes[0].getBoundingClientRect();
      minute = (box.right - lanes[0].cells[0].getBoundingClientRect().right) / (closes - opens);
      row = held.lane;
      lanes.forEach(function (lane, number) {
        var side = lane.getBoundingClientRect();
        if (at.clientY >= side.top && at.clientY < side.bottom) { row = number; }
      });
      to(row, held.home[1] + Math.round((at.clientX - x) / minute / STEP) * STEP);
    }

    function drop() {
      document.removeEventListener('pointermove', follow);
      document.removeEventListener('pointerup', drop);
      document.removeEventListener('pointercancel', drop);
      if (!held || !dragged) { return; }
      if (isMoved() && agreed()) { save(); } else { putBack(); }
    }

    document.addEventListener('pointermove', follow);
    document.addEventListener('pointerup', drop);
    document.addEventListener('pointercancel', drop);
  });
})();
