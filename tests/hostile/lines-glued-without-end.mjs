/* says: passes | The compiler itself failed */
import { answer } from './programs.mjs';

export default () => answer({ before: '\\\n'.repeat(100000) });
