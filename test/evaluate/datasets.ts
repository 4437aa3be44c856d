/** Where the labelled sets are, if they are there. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageRoot = fileURLToPath(new URL('.', import.meta.resolve('#root/package.json')));

export const datasets = join(packageRoot, '..', 'shared', 'datasets');
