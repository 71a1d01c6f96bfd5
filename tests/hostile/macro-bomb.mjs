/* says: The compiler itself failed | The compiler was stopped */
/* Thirty macros, each of which stands for two of the one before: a thousand million plus signs. */
import { answer } from './programs.mjs';

const macros = Array.from({ length: 30 }, (_, i) => `#define M${i + 1} M${i} M${i}`);

export default () => answer({ before: ['#define M0 +', ...macros].join('\n'), body: 'out[0] = M30 b;' });
