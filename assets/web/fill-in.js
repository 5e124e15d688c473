// What the scripts that answer use and browsers between 2016 and 2021 do not have; each as far as it is used here. No other
// browser is given this.

/** Where it is missing. */
function add(to, functions) {
  for (const name of Object.keys(functions)) {
    if (!(name in to)) Object.defineProperty(to, name, { value: functions[name], configurable: true, writable: true });
  }
}

add(Object, {
  hasOwn: (one, name) => Object.prototype.hasOwnProperty.call(one, name),
});
add(String.prototype, {
  replaceAll(what, by) { return this.split(what).join(by); },
});
add(Array.prototype, {
  flatMap(make) { return [].concat(...this.map(make)); },
});
add(Promise.prototype, {
  finally(act) {
    const after = (give) => (value) => Promise.resolve(act()).then(() => give(value));
    return this.then(after((value) => value), after((error) => { throw error; }));
  },
});
add(Element.prototype, {
  append(...all) { for (const one of all) this.appendChild(one instanceof Node ? one : document.createTextNode(one)); },
  replaceChildren(...all) {
    this.textContent = '';
    this.append(...all);
  },
  remove() { if (this.parentNode) this.parentNode.removeChild(this); },
});
