// How the page looks: as the city does, once that says how; before, as the system asks for (shell.css).

/** Takes dark or light, more contrast or not, and how many times its usual size text is, as JSON of the program's. */
export function lookAs(text) {
  const { dark, contrast, scale } = JSON.parse(text);
  const { dataset, style } = document.documentElement;
  dataset.theme = dark ? 'dark' : 'light';
  dataset.contrast = contrast ? 'more' : '';
  style.setProperty('--text-scale', scale);
}
