// A workbook as somebody changes it outside of the browser: the parts of an .xlsx file, read and written again.
import { deflateRawSync, inflateRawSync } from "node:zlib";

const TABLE = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
const crc = (bytes) => (bytes.reduce((c, byte) => TABLE[(c ^ byte) & 0xff] ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;

/** The parts of a file by their names. */
function parts(file) {
  const found = new Map();
  let at = file.readUInt32LE(file.lastIndexOf(Buffer.from("PK\x05\x06")) + 16);
  while (file.readUInt32LE(at) === 0x02014b50) {
    const [method, packed] = [file.readUInt16LE(at + 10), file.readUInt32LE(at + 20)];
    const [name, extra, comment] = [28, 30, 32].map((offset) => file.readUInt16LE(at + offset));
    const head = file.readUInt32LE(at + 42);
    const from = head + 30 + file.readUInt16LE(head + 26) + file.readUInt16LE(head + 28);
    const bytes = file.subarray(from, from + packed);
    found.set(file.toString("utf8", at + 46, at + 46 + name), method === 8 ? inflateRawSync(bytes) : bytes);
    at += 46 + name + extra + comment;
  }
  return found;
}

/** A file of these parts. */
function file(all) {
  const [bodies, heads] = [[], []];
  let at = 0;
  for (const [name, bytes] of all) {
    const packed = deflateRawSync(bytes);
    const known = Buffer.alloc(26);
    known.writeUInt16LE(20, 0);
    known.writeUInt16LE(8, 4);
    known.writeUInt32LE(crc(bytes), 10);
    known.writeUInt32LE(packed.length, 14);
    known.writeUInt32LE(bytes.length, 18);
    known.writeUInt16LE(Buffer.byteLength(name), 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    const body = Buffer.concat([Buffer.from("PK\x03\x04"), known, Buffer.from(name), packed]);
    heads.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00"), known, tail, Buffer.from(name)]));
    bodies.push(body);
    at += body.length;
  }
  const directory = Buffer.concat(heads);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(heads.length, 8);
  end.writeUInt16LE(heads.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, directory, end]);
}

/** The workbook without the last row of a sheet, by the sheet's number. */
export function withoutLastRow(workbook, sheet) {
  const all = parts(workbook);
  const name = `xl/worksheets/sheet${sheet}.xml`;
  const text = all.get(name).toString("utf8");
  const last = text.lastIndexOf("<row ");
  all.set(name, Buffer.from(text.slice(0, last) + text.slice(text.indexOf("</sheetData>"))));
  return file(all);
}
