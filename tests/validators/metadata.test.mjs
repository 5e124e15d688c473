// Each rule of the check of metadata is broken once.
import assert from 'node:assert/strict';
import test from 'node:test';
import { metadataFaults, schemaOf } from './metadata.mjs';

const TABLE = '/extensions/EXT_structural_metadata/propertyTables/0';
const IDS = '/meshes/0/primitives/0/extensions/EXT_mesh_features/featureIds/0';

/** Two houses with a name, a roof and a height each, and a triangle with a corner of the first and two of the second. */
function sound() {
  const parts = [
    Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0),
    Uint8Array.of(...Buffer.from('aß')), Uint8Array.of(0, 1, 3),
    Uint8Array.of(0, 255), new Uint8Array(new Float32Array([3.5, 12]).buffer),
  ];
  const gltf = {
    asset: { version: '2.0' },
    extensionsUsed: ['EXT_mesh_features', 'EXT_structural_metadata'],
    meshes: [{ primitives: [{
      attributes: { _FEATURE_ID_0: 0 },
      extensions: { EXT_mesh_features: { featureIds: [{ featureCount: 2, attribute: 0, propertyTable: 0 }] } },
    }] }],
    accessors: [{ bufferView: 0, componentType: 5121, count: 3, type: 'SCALAR' }],
    extensions: { EXT_structural_metadata: {
      schema: {
        id: 's',
        classes: { house: { properties: {
          id: { type: 'STRING', required: true },
          roof: { type: 'ENUM', enumType: 'roofs' },
          height: { type: 'SCALAR', componentType: 'FLOAT32' },
        } } },
        enums: { roofs: { valueType: 'UINT8', values: [{ name: 'flat', value: 0 }, { name: 'none', value: 255 }] } },
      },
      propertyTables: [{ class: 'house', count: 2, properties: {
        id: { values: 1, stringOffsets: 2, stringOffsetType: 'UINT8' }, roof: { values: 3 }, height: { values: 4 },
      } }],
    } },
  };
  return { gltf, parts };
}

/** A binary glTF of these parts, each a buffer view of its own. */
function glb({ gltf, parts }) {
  const bytes = [];
  gltf.bufferViews ??= parts.map((part, index) => {
    while (bytes.length % 8) bytes.push(0);
    const view = { buffer: 0, byteOffset: bytes.length, byteLength: part.length, ...(index === 0 && { byteStride: 4 }) };
    bytes.push(...part);
    return view;
  });
  while (bytes.length % 4) bytes.push(0);
  let json = JSON.stringify(gltf);
  json = Buffer.from(json + ' '.repeat((4 - (Buffer.byteLength(json) % 4)) % 4));
  const words = (...all) => Buffer.from(new Uint32Array(all).buffer);
  const total = 28 + json.length + bytes.length;
  return new Uint8Array(Buffer.concat([
    words(0x46546c67, 2, total, json.length, 0x4e4f534a), json, words(bytes.length, 0x004e4942), Buffer.from(bytes),
  ]));
}

function faults(change) {
  const file = sound();
  change(file, file.gltf.extensions.EXT_structural_metadata.propertyTables[0], file.gltf.meshes[0].primitives[0]);
  return metadataFaults(glb(file)).map(({ pointer, message }) => `${pointer}: ${message}`);
}

test('a sound file has no faults', () => {
  assert.deepEqual(faults(() => {}), []);
  assert.equal(schemaOf(glb(sound())).id, 's');
  assert.deepEqual(faults(({ gltf }) => { delete gltf.extensions; gltf.meshes = []; }), []);
});

test('tables hold what their class says', () => {
  const metadata = (file) => file.gltf.extensions.EXT_structural_metadata;
  const found = [
    [(file, table) => { table.class = 'tree'; }, `${TABLE}: class tree is not in the schema`],
    [(file, table) => { delete table.properties.id; }, `${TABLE}: has no id, which its class requires`],
    [(file, table) => { table.properties.width = { values: 3 }; }, `${TABLE}: width is no property of house`],
    [(file) => { delete metadata(file).schema; }, '/extensions/EXT_structural_metadata: has no schema with an id'],
    [({ gltf }) => { gltf.extensionsUsed = ['EXT_mesh_features']; }, '/extensionsUsed: lacks EXT_structural_metadata'],
    [({ parts }) => { parts[3] = Uint8Array.of(0, 7); },
      `${TABLE}/properties/roof: has the value 7, which is not in its enum`],
    [({ parts }) => { parts[3] = Uint8Array.of(0); }, `${TABLE}/properties/roof: has 1 bytes for 2 values of UINT8`],
    [({ parts }) => { parts[4] = new Uint8Array(new Float32Array([1, NaN]).buffer); },
      `${TABLE}/properties/height: has the value NaN, which is no number`],
    [(file, table) => { table.properties.roof.values = 9; },
      `${TABLE}/properties/roof: refers to the buffer view 9, which is not there`],
    [(file) => { metadata(file).schema.classes.house.properties.roof.array = true; },
      `${TABLE}/properties/roof: is an array, which is not known here`],
    [(file) => { metadata(file).schema.classes.house.properties.roof.type = 'VEC2'; },
      `${TABLE}/properties/roof: is a VEC2, which is not known here`],
  ];
  for (const [change, fault] of found) assert.deepEqual(faults(change), [fault]);
  assert.deepEqual(faults((file, table) => { table.count = 0; })[0], `${TABLE}: count is no whole number from 1 on`);
});

test('texts are told apart by offsets that ascend', () => {
  const at = `${TABLE}/properties/id`;
  const found = [
    [({ parts }) => { parts[2] = Uint8Array.of(0, 2, 3); }, 'has a text that is no UTF-8'],
    [({ parts }) => { parts[2] = Uint8Array.of(0, 3, 1); }, 'has 3 bytes of text, and offsets to 1'],
    [({ parts }) => { parts[2] = Uint8Array.of(1, 1, 3); }, 'has offsets that do not ascend from 0'],
    [({ parts }) => { parts[2] = Uint8Array.of(0, 1, 4); }, 'has 3 bytes of text, and offsets to 4'],
    [({ parts }) => { parts[2] = Uint8Array.of(0, 3); }, 'has 2 bytes for 3 values of UINT8'],
    [(file, table) => { table.properties.id.stringOffsetType = 'FLOAT32'; }, 'has offsets of the type FLOAT32'],
    [(file, table) => { delete table.properties.id.stringOffsetType; }, 'has 3 bytes for 3 values of UINT32'],
  ];
  for (const [change, fault] of found) assert.equal(faults(change)[0], `${at}: ${fault}`);
});

test('feature ids are rows of their table', () => {
  const set = (primitive) => primitive.extensions.EXT_mesh_features.featureIds[0];
  const found = [
    [({ parts }) => { parts[0][8] = 2; }, 'has the id 2, and its table 2 rows'],
    [(file, table, primitive) => { set(primitive).featureCount = 3; }, 'has 2 different ids, and says 3'],
    [(file, table, primitive) => { set(primitive).propertyTable = 1; },
      'refers to the property table 1, which is not there'],
    [(file, table, primitive) => { set(primitive).attribute = 1; }, 'has no attribute _FEATURE_ID_1'],
    [(file, table, primitive) => { delete set(primitive).attribute; },
      'has its ids in no attribute, which is not known here'],
    [({ gltf }) => { gltf.accessors[0].normalized = true; }, 'has ids that are no plain numbers'],
    [({ gltf }) => { gltf.accessors[0].type = 'VEC2'; }, 'has ids that are no plain numbers'],
  ];
  for (const [change, fault] of found) {
    assert.ok(faults(change).includes(`${IDS}: ${fault}`), `${fault}: ${faults(change)}`);
  }
  const none = (file, table, primitive) => { set(primitive).nullFeatureId = 0; set(primitive).featureCount = 1; };
  assert.deepEqual(faults(none), []);
  const empty = faults((file, table, primitive) => { primitive.extensions.EXT_mesh_features.featureIds = []; });
  assert.deepEqual(empty, ['/meshes/0/primitives/0/extensions/EXT_mesh_features: has no featureIds']);
  const unsaid = faults(({ gltf }) => { gltf.extensionsUsed = ['EXT_structural_metadata']; });
  assert.deepEqual(unsaid, ['/extensionsUsed: lacks EXT_mesh_features']);
});
