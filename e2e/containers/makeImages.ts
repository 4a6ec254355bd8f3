/** `node e2e/containers/makeImages.ts`: makes the stand-ins before the tests that find them, where an engine answers that may get them. */
import { whyNoContainers } from './engine.ts';
import { makeMissingImages } from './images.ts';

const whyNot = await whyNoContainers();
if (whyNot === undefined) await makeMissingImages((line) => console.log(line));
else console.log(`No images are made: ${whyNot}.`);
