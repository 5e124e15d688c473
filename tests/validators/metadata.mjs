// Checks the metadata of a binary glTF, which Khronos' validator passes over: EXT_mesh_features, EXT_structural_metadata
// and the binary tables of the 3D Metadata Specification (OGC 22-025r4, annex on metadata). Knows what this project
// writes: one schema in the file, properties of one value, feature ids in attributes. What it does not know is a fault.

const COMPONENTS = {
  INT8: ['getInt8', 1], UINT8: ['getUint8', 1], INT16: ['getInt16', 2], UINT16: ['getUint16', 2],
  INT32: ['getInt32', 4], UINT32: ['getUint32', 4], INT64: ['getBigInt64', 8], UINT64: ['getBigUint64', 8],
  FLOAT32: ['getFloat32', 4], FLOAT64: ['getFloat64', 8],
};
/** Types of an accessor with feature ids (glTF 2.0 § 3.6.2.2), by their number. */
const ACCESSORS = { 5121: 'UINT8', 5123: 'UINT16', 5126: 'FLOAT32' };
const OFFSETS = ['UINT8', 'UINT16', 'UINT32', 'UINT64'];

/** Everything that is wrong with a file's metadata: JSON pointers and messages. */
export function metadataFaults(bytes) {
  const faults = [];
  const find = (pointer, message) => { faults.push({ pointer, message }); };
  const { gltf, bin } = unpack(bytes);
  const file = { gltf, bin, find };
  const metadata = gltf.extensions?.EXT_structural_metadata;
  const used = new Set(gltf.extensionsUsed ?? []);
  if (metadata && !used.has('EXT_structural_metadata')) find('/extensionsUsed', 'lacks EXT_structural_metadata');
  const tables = metadata?.propertyTables ?? [];
  if (metadata) checkTables(file, metadata, tables);
  gltf.meshes?.forEach((mesh, m) => mesh.primitives.forEach((primitive, p) => {
    const features = primitive.extensions?.EXT_mesh_features;
    if (!features) return;
    if (!used.has('EXT_mesh_features')) find('/extensionsUsed', 'lacks EXT_mesh_features');
    checkFeatures(file, `/meshes/${m}/primitives/${p}/extensions/EXT_mesh_features`, primitive, features, tables);
  }));
  return faults;
}

/** The schema in a file, or undefined. */
export function schemaOf(bytes) {
  return unpack(bytes).gltf.extensions?.EXT_structural_metadata?.schema;
}

/** JSON and binary chunk (glTF 2.0 § 4.4). */
function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(12, true);
  const gltf = JSON.parse(new TextDecoder().decode(bytes.subarray(20, 20 + length)));
  const rest = 20 + length;
  const binLength = rest < bytes.length ? view.getUint32(rest, true) : 0;
  return { gltf, bin: new DataView(bytes.buffer, bytes.byteOffset + rest + 8, binLength) };
}

function checkTables(file, { schema }, tables) {
  const at = '/extensions/EXT_structural_metadata';
  if (!schema?.id) return file.find(at, 'has no schema with an id');
  if (tables.length === 0) file.find(at, 'has no property tables');
  tables.forEach((table, index) => {
    const here = `${at}/propertyTables/${index}`;
    const properties = schema.classes?.[table.class]?.properties;
    if (!properties) return file.find(here, `class ${table.class} is not in the schema`);
    if (!(Number.isInteger(table.count) && table.count > 0)) file.find(here, 'count is no whole number from 1 on');
    for (const [name, column] of Object.entries(table.properties ?? {})) {
      if (!properties[name]) file.find(here, `${name} is no property of ${table.class}`);
      else checkColumn(file, `${here}/properties/${name}`, table.count, properties[name], column, schema.enums ?? {});
    }
    for (const [name, property] of Object.entries(properties)) {
      if (property.required && !table.properties?.[name]) file.find(here, `has no ${name}, which its class requires`);
    }
  });
}

/** One property of a table: as many values as rows, each of its type. */
function checkColumn(file, pointer, count, property, column, enums) {
  const find = (message) => file.find(pointer, message);
  if (property.array) return find('is an array, which is not known here');
  if (property.type === 'STRING') return checkStrings(file, pointer, count, column);
  const values = property.type === 'ENUM' && enums[property.enumType];
  const type = values ? values.valueType ?? 'UINT16' : property.type === 'SCALAR' && property.componentType;
  if (!COMPONENTS[type]) return find(`is a ${property.type}, which is not known here`);
  const numbers = read(file, pointer, column.values, type, count);
  const known = values && new Set(values.values.map(({ value }) => value));
  const stranger = numbers?.find((number) => (known ? !known.has(Number(number)) : Number.isNaN(number)));
  if (stranger !== undefined) find(`has the value ${stranger}, which is ${known ? 'not in its enum' : 'no number'}`);
  return undefined;
}

function checkStrings(file, pointer, count, { values, stringOffsets, stringOffsetType = 'UINT32' }) {
  if (!OFFSETS.includes(stringOffsetType)) return file.find(pointer, `has offsets of the type ${stringOffsetType}`);
  const offsets = read(file, pointer, stringOffsets, stringOffsetType, count + 1)?.map(Number);
  const bytes = bytesOf(file, pointer, values);
  if (!offsets || !bytes) return undefined;
  const last = offsets.at(-1);
  // A view cannot be empty, even where all texts are.
  if (bytes.length !== Math.max(last, 1)) file.find(pointer, `has ${bytes.length} bytes of text, and offsets to ${last}`);
  if (offsets[0] !== 0 || offsets.some((offset, index) => offset < offsets[index - 1])) {
    return file.find(pointer, 'has offsets that do not ascend from 0');
  }
  try {
    const utf8 = new TextDecoder('utf-8', { fatal: true });
    for (let index = 0; index < count; index += 1) utf8.decode(bytes.subarray(offsets[index], offsets[index + 1]));
  } catch {
    file.find(pointer, 'has a text that is no UTF-8');
  }
  return undefined;
}

/** The numbers of a buffer view that holds just as many, or undefined with a fault. */
function read(file, pointer, view, type, count) {
  const bytes = bytesOf(file, pointer, view);
  const [get, size] = COMPONENTS[type];
  if (!bytes) return undefined;
  if (bytes.length !== count * size) {
    return file.find(pointer, `has ${bytes.length} bytes for ${count} values of ${type}`);
  }
  if (file.gltf.bufferViews[view].byteOffset % size !== 0) file.find(pointer, `does not start at a multiple of ${size}`);
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: count }, (_, index) => data[get](index * size, true));
}

function bytesOf({ gltf, bin, find }, pointer, index) {
  const view = gltf.bufferViews?.[index];
  if (!view) return find(pointer, `refers to the buffer view ${index}, which is not there`);
  const { byteOffset = 0, byteLength } = view;
  if (byteOffset + byteLength > bin.byteLength) return find(pointer, 'reaches out of its buffer');
  return new Uint8Array(bin.buffer, bin.byteOffset + byteOffset, byteLength);
}

function checkFeatures(file, pointer, primitive, { featureIds }, tables) {
  if (!(featureIds?.length > 0)) return file.find(pointer, 'has no featureIds');
  return featureIds.forEach((set, index) => {
    const find = (message) => file.find(`${pointer}/featureIds/${index}`, message);
    if (!Number.isInteger(set.attribute)) return find('has its ids in no attribute, which is not known here');
    const accessor = file.gltf.accessors[primitive.attributes[`_FEATURE_ID_${set.attribute}`]];
    if (!accessor) return find(`has no attribute _FEATURE_ID_${set.attribute}`);
    if (accessor.type !== 'SCALAR' || accessor.normalized || !ACCESSORS[accessor.componentType]) {
      return find('has ids that are no plain numbers');
    }
    const table = tables[set.propertyTable];
    if (!table) return find(`refers to the property table ${set.propertyTable}, which is not there`);
    return checkIds(idsOf(file, accessor), set, table, find);
  });
}

/** The ids of all vertices (glTF 2.0 § 3.6.2). */
function idsOf({ gltf, bin }, { bufferView, byteOffset = 0, componentType, count }) {
  const view = gltf.bufferViews[bufferView];
  const [get, size] = COMPONENTS[ACCESSORS[componentType]];
  const start = (view.byteOffset ?? 0) + byteOffset;
  return Array.from({ length: count }, (_, index) => bin[get](start + index * (view.byteStride ?? size), true));
}

function checkIds(ids, { featureCount, nullFeatureId }, table, find) {
  const features = new Set(ids.filter((id) => id !== nullFeatureId));
  const stranger = [...features].find((id) => !Number.isInteger(id) || id >= table.count);
  if (stranger !== undefined) find(`has the id ${stranger}, and its table ${table.count} rows`);
  if (features.size !== featureCount) find(`has ${features.size} different ids, and says ${featureCount}`);
}
