/* says: bracket nesting level | The compiler itself failed | The compiler was stopped */
import { answer } from './programs.mjs';

const DEPTH = 100000;

export default () => answer({ body: `out[0] = ${'('.repeat(DEPTH)}b${')'.repeat(DEPTH)};` });
