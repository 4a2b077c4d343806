// SPDX-License-Identifier: Apache-2.0
// Makes a photo small enough before it is sent: a telephone takes megabytes. Without it the page says the limit.
(function () {
  'use strict';
  var input = document.querySelector('input[type=file][data-most]'), live = document.getElementById('photo-live');
  if (!input || !live || !window.DataTransfer || !window.createImageBitmap || !HTMLCanvasElement.prototype.toBlob) {
    return;
  }
  var most = +input.getAttribute('data-most'), SIDES = [1600, 1200, 900, 640], QUALITIES = [0.85, 0.7, 0.5];

  function drawn(picture, side) {
    var canvas = document.createElement('canvas'), scale = Math.min(1, side / Math.max(picture.width, picture.height));
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  function squeeze(picture, side, quality, done) {
    drawn(picture, SIDES[side]).toBlob(function (blob) {
      if (blob && blob.size <= most) { done(blob); return; }
      if (quality + 1 < QUALITIES.length) { squeeze(picture, side, quality + 1, done); return; }
      if (side + 1 < SIDES.length) { squeeze(picture, side + 1, 0, done); return; }
      done(null);
    }, 'image/jpeg', QUALITIES[quality]);
  }

  function say(name) { live.textContent = name ? live.getAttribute('data-' + name) : ''; }

  input.addEventListener('change', function () {
    var file = input.files[0], button = input.form.querySelector('button');
    say('');
    if (!file || file.size <= most) { return; }
    button.disabled = true;
    createImageBitmap(file).then(function (picture) {
      squeeze(picture, 0, 0, function (blob) {
        var held = new DataTransfer();
        button.disabled = false;
        if (!blob || input.files[0] !== file) { say(blob ? '' : 'large'); return; }
        held.items.add(new File([blob], 'photo.jpg', {type: 'image/jpeg'}));
        input.files = held.files;
        say('small');
      });
    }).catch(function () { button.disabled = false; say('large'); });
  });
}());
