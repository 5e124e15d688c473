// Looks after browsers that the page's scripts are too new for: those do not even begin there. It runs after them, and
// alone where there are no modules; then it asks for the page of such browsers (plain.js). Where that does not run either,
// it says so in words. Nothing may stand in here that a browser of 2009 does not understand.
(function () {
  var body = document.body;
  if (body.getAttribute('data-runs')) return;
  body.setAttribute('data-runs', 'old');
  var knowsEnough = window.fetch && window.Promise && window.Symbol && window.URLSearchParams && window.TextDecoder && window.MessageChannel;
  if (knowsEnough) lookForTheShell();
  else tell('old_browser');

  /** What the page's scripts are not run for may as well be the line. */
  function lookForTheShell() {
    var shell = document.querySelector('script[type=module]');
    fetch(shell.src).then(function (answer) {
      if (answer.ok) ask();
      else tell('no_network');
    }, function () { tell('no_network'); });
  }

  function ask() {
    var script = document.createElement('script');
    script.src = body.getAttribute('data-plain');
    // What cannot be read is loaded, too.
    script.onload = function () { if (body.getAttribute('data-runs') !== 'plain') tell('old_browser'); };
    script.onerror = function () { tell('no_network'); };
    body.appendChild(script);
  }

  /** A box that finds nothing goes. */
  function tell(name) {
    document.getElementById('ask').style.display = 'none';
    say('message', name);
    say('reload', 'again');
    document.getElementById('again').removeAttribute('hidden');
  }

  /** In every language: which one is wanted is a question for scripts that run. */
  function say(id, name) {
    var shell = JSON.parse(body.getAttribute('data-texts')).shell;
    var place = document.getElementById(id);
    var said = {};
    place.innerHTML = '';
    for (var language in shell) {
      var text = shell[language][name];
      if (said[text]) continue;
      said[text] = true;
      var line = document.createElement('span');
      line.lang = shell[language].tag;
      line.style.display = 'block';
      line.appendChild(document.createTextNode(text + ' '));
      place.appendChild(line);
    }
  }
})();
