// Opens a DMN file and saves it, with the reader and writer of dmn-js and Camunda Modeler: node save.js FILE SAVED
import { readFileSync, writeFileSync } from 'node:fs';
import { DmnModdle } from 'dmn-moddle';

const [file, saved] = process.argv.slice(2);
const moddle = new DmnModdle();
const { rootElement, warnings } = await moddle.fromXML(readFileSync(file, 'utf8'), 'dmn:Definitions');
for (const { message } of warnings) console.error(`${file}: ${message}`);
const { xml } = await moddle.toXML(rootElement, { format: true });
writeFileSync(saved, xml);
