// For browsers that know no modules: they get the text that newer ones would choose, and nothing else runs.
document.getElementById('message').firstChild.data =
  'Dieser Browser ist zu alt, um die Stadt zu zeigen. – This browser is too old to show the city. ';
