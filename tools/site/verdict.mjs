// What the comparison with other viewers is held to: each figure's row of the table, and whether it meets its target.

const CESIUM = ['cesium'];
export const PEERS = ['cesium', 'three'];
/** What is compared with the best of which peers, and how many times theirs it may be. */
export const TARGETS = [
  { metric: 'firstTilesMs', row: 'first buildings, ms', digits: 0, of: CESIUM, most: 1.3 },
  { metric: 'viewCompleteMs', row: 'whole view, ms', digits: 0, of: CESIUM, most: 0.8 },
  { metric: 'orbitP50Ms', row: 'frame of an orbit, median, ms', digits: 1, of: PEERS, most: 0.7 },
  { metric: 'orbitP95Ms', row: 'frame of an orbit, p95, ms', digits: 1, of: PEERS, most: 0.7 },
  { metric: 'rssViewGrowthMiB', row: 'memory of the page’s processes after the view, MiB', digits: 0, of: PEERS, most: 0.8 },
  { metric: 'rssOrbitGrowthMiB', row: 'memory of the page’s processes after the orbit, MiB', digits: 0, of: PEERS, most: 0.8 },
  { metric: 'pickP50Ms', row: 'picking, median, ms', digits: 1 },
  { metric: 'appKB', row: 'program on the wire, kB', digits: 0 },
  { metric: 'tileKB', row: 'tiles on the wire, kB', digits: 0 },
  { metric: 'wasmMiB', row: 'memory of WebAssembly, MiB', digits: 1 },
  { metric: 'tilesVisible', row: 'tiles drawn', digits: 0 },
  { metric: 'trianglesVisible', row: 'triangles drawn', digits: 0 },
  { metric: 'pickHits', row: 'picks that met a building, of 20', digits: 0 },
  { metric: 'pickAgreement', row: 'of these the same as CesiumJS’s', digits: 2 },
  { metric: 'outlineOverlap', row: 'overlap of the outlines with CesiumJS’s', digits: 3 },
];

/** The row of a target, of the medians of each viewer: its name, a cell for each viewer, and the verdict. */
export function rowOf({ metric, row, digits, of, most }, summary) {
  const value = (viewer) => summary[viewer][metric] ?? null;
  const cells = [...PEERS, 'ours'].map((viewer) => (value(viewer) === null ? '–' : value(viewer).toFixed(digits)));
  if (!of) return { row, cells, verdict: '' };
  const compared = ['ours', ...of].map(value);
  // What was not measured has met nothing.
  if (!compared.every(Number.isFinite)) return { row, cells, verdict: `at most ${most.toFixed(1)}, not measured: missed` };
  const ratio = value('ours') / Math.min(...of.map(value));
  const whose = of === CESIUM ? 'CesiumJS' : 'the better';
  const verdict = `${ratio.toFixed(2)} of ${whose}, at most ${most.toFixed(1)}: ${ratio <= most ? 'met' : 'missed'}`;
  return { row, cells, verdict };
}

/** The rows that are over budget. */
export const missed = (rows) => rows.filter(({ verdict }) => verdict.endsWith('missed'));
