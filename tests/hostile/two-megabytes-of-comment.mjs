/* says: Your file is longer than one megabyte */
import { answer } from './programs.mjs';

export default () => answer({ before: `/*${' '.repeat(2 << 20)}*/` });
